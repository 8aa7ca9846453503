namespace Streaming.Sinks.Positions;

/// <summary>What the consumer group holds, and what may be committed to it next.</summary>
/// <remarks>The group's offset is moved only to what the destination has recorded as intended, and the intention changes only when it is
/// known what the group holds. So after any crash the group holds one of the two recorded offsets, or somebody else moved it.</remarks>
/// <param name="committed">The group's committed offset when the partition was assigned; null for none.</param>
/// <param name="recorded">What the destination says of it.</param>
internal sealed class GroupPosition(long? committed, GroupOffsets recorded)
{
    private long? _confirmed = committed;
    private long? _intended = committed;
    private GroupOffsets _recorded = recorded;
    private bool _isUncertain;

    /// <summary>What the group holds, as far as it is known.</summary>
    public GroupOffsets Current => new(_confirmed, _intended);

    /// <summary>What to record together with <paramref name="nextOffset"/>.</summary>
    public GroupOffsets Plan(long nextOffset) => _isUncertain ? Current : new GroupOffsets(_confirmed, nextOffset);

    /// <summary>The destination has recorded these.</summary>
    public void Recorded(GroupOffsets offsets) => (_intended, _recorded) = (offsets.Intended, offsets);

    /// <summary>The offset to commit next, or null when the group holds it already.</summary>
    public long? Due => _intended == _confirmed ? null : _intended;

    /// <summary>What the group holds for sure and the destination doesn't know yet; null when there is nothing to tell.</summary>
    public long? Untold => !_isUncertain && Due is null && _recorded.Confirmed != _confirmed ? _confirmed : null;

    /// <summary>A commit of <see cref="Due"/> is about to be sent: until it is answered, the group may hold either.</summary>
    public void Attempting() => _isUncertain = true;

    public void Committed(long offset)
    {
        _confirmed = offset;
        _isUncertain = false;
    }
}
