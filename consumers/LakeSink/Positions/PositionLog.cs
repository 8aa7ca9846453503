using Streaming.Lake.Storage;
using Streaming.Sinks;
using Streaming.Sinks.Positions;

namespace Streaming.LakeSink.Positions;

/// <summary>The positions of a partition, one behind the other. Only its present owner can add one: whoever took it over has added the next already.</summary>
/// <param name="root">The generation's folder.</param>
internal sealed class PositionLog(ITableStore store, string root, SourcePartition source)
{
    private readonly string _folder = FolderOf(root, source.Topic, source.Partition);
    private readonly VersionedFile _file = new(store, FolderOf(root, source.Topic, source.Partition));
    private long _version;

    /// <summary>The position as this host last read or wrote it.</summary>
    public StoredPosition Position { get; private set; } = null!;

    /// <summary>Raises the fence, so that every other host is refused from now on; a position of another cluster or topic id is left alone.</summary>
    public async Task<StoredPosition> TakeAsync(InitialPosition initial, CancellationToken cancellationToken)
    {
        while (true)
        {
            var found = await _file.ReadAsync(cancellationToken);
            if (found is { } newest)
                (_version, Position) = (newest.Version, StoredPosition.Parse(newest.Content, _folder));
            else
                (_version, Position) = (0, First(initial));
            var checkpoint = Position.Checkpoint;
            if (checkpoint.ClusterId != source.ClusterId || checkpoint.TopicId != source.TopicId)
                return Position;
            if (await TryWriteAsync(Position with { Checkpoint = checkpoint with { Fence = checkpoint.Fence + 1 } }, cancellationToken))
                return Position;
        }
    }

    /// <exception cref="FencedException">Another host has taken the partition over.</exception>
    public async Task WriteAsync(StoredPosition position, CancellationToken cancellationToken)
    {
        if (!await TryWriteAsync(position, cancellationToken))
            throw new FencedException(source, position.Checkpoint.Fence);
    }

    private async Task<bool> TryWriteAsync(StoredPosition position, CancellationToken cancellationToken)
    {
        position = position with { Writer = Guid.NewGuid() };
        if (!await _file.TryWriteAsync(_version + 1, position.ToJson(), cancellationToken))
            return false;
        (_version, Position) = (_version + 1, position);
        return true;
    }

    /// <summary>Where the positions of a generation lie: below it a folder per topic, and one per partition in that.</summary>
    public static string FolderOf(string root) => $"{root}/_positions";

    public static string FolderOf(string root, string topic, int partition) => $"{FolderOf(root)}/{topic}/{partition}";

    private StoredPosition First(InitialPosition initial)
    {
        var group = new GroupOffsets(initial.GroupCommitted, initial.GroupCommitted);
        return new(new Checkpoint(source.ClusterId, source.TopicId, initial.LogStart, Epoch: 1, Fence: 0, group, LiveFrom: initial.LogEnd), null, 0, 0, 0, Guid.Empty);
    }
}
