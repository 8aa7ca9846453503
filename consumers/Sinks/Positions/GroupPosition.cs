namespace Streaming.Sinks.Positions;

/// <summary>What the consumer group holds, and what may be committed to it next.</summary>
/// <remarks>The group's offset is moved only to what the destination has recorded as intended, and the intention changes only when it is
/// known what the group holds. So after any crash the group holds one of the two recorded offsets, or somebody else moved it.</remarks>
internal sealed class GroupPosition
{
    private long? _confirmed;
    private long? _next;
    private GroupOffsets _recorded;
    private bool _isUncertain;

    /// <param name="committed">The group's committed offset when the partition was assigned; null for none.</param>
    /// <param name="checkpoint">What the destination says.</param>
    public GroupPosition(long? committed, Checkpoint checkpoint)
    {
        (_confirmed, _recorded) = (committed, checkpoint.Group);
        // A position where nothing was written yet is not worth a commit: a reset to it could not be told from ours.
        _next = checkpoint.Group.Intended is null ? null : checkpoint.NextOffset;
    }

    /// <summary>It is known what the group holds: no commit was sent without an answer.</summary>
    public bool IsCertain => !_isUncertain;

    /// <summary>An offset that the group may be told once more without a change of meaning; null where it has none.</summary>
    public long? Held => _isUncertain ? _recorded.Intended : _confirmed;

    /// <summary>What to record together with <paramref name="nextOffset"/>.</summary>
    public GroupOffsets Plan(long nextOffset) => _isUncertain ? _recorded : new GroupOffsets(_confirmed, nextOffset);

    /// <summary>The destination holds everything before <paramref name="nextOffset"/>, and these offsets.</summary>
    public void Wrote(long nextOffset, GroupOffsets recorded) => (_next, _recorded) = (nextOffset, recorded);

    /// <summary>The offset to commit next, or null when the group holds it already.</summary>
    public long? Due => _recorded.Intended == _confirmed ? null : _recorded.Intended;

    /// <summary>What the destination should know of the group and doesn't yet, or null.</summary>
    public GroupOffsets? Unrecorded =>
        !_isUncertain && Due is null && _next is { } next && new GroupOffsets(_confirmed, next) is var wanted && wanted != _recorded ? wanted : null;

    public void Recorded(GroupOffsets offsets) => _recorded = offsets;

    /// <summary>A commit of <see cref="Due"/> is about to be sent: until it is answered, the group may hold either.</summary>
    public void Attempting() => _isUncertain = true;

    public void Committed(long offset)
    {
        _confirmed = offset;
        _isUncertain = false;
    }
}
