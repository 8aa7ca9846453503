using System.Text;
using Streaming.Sinks.Worker;

namespace Streaming.Sinks.Erasing;

/// <summary>Which aggregates of a partition were erased, for as long as one host has it: nothing of them is written, whatever the log still holds.</summary>
/// <remarks>
/// The erasure stands on its topic before anything of the aggregate is gone. So whoever meets what only an erasure explains, a tombstone or a
/// gap, reads on there before calling it damage. Compaction may also take all that lay ahead, tombstones included, so that nothing is ever met:
/// therefore erasures are read when a partition is taken over, and from time to time, too.
/// </remarks>
internal sealed class ErasedAggregates
{
    // Compaction leaves tombstones alone for days: who knows of them within the hour has removed the rows long before they go.
    private static readonly TimeSpan ReadEvery = TimeSpan.FromHours(1);

    private readonly WorkerContext _context;
    private readonly OpenedPartition _opened;
    private readonly HashSet<string> _ids = [];
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _idsByText;
    private long _nextOffset;
    private long _readAt;

    public ErasedAggregates(WorkerContext context, OpenedPartition opened)
    {
        (_context, _opened) = (context, opened);
        _idsByText = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>It is long ago that erasures were read.</summary>
    public bool IsDue => _context.Time.GetElapsedTime(_readAt) >= ReadEvery;

    /// <summary>Reads what was erased since, and has the sink remove what it derived of that.</summary>
    /// <returns>Whether there was anything.</returns>
    /// <exception cref="FencedException">Another host has taken the partition over.</exception>
    public async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        var (erasures, next) = await _context.Erasures.ReadAsync(_opened.Source, _nextOffset, cancellationToken);
        if (erasures.Count > 0)
        {
            await _context.Sink.EraseAsync(_opened.Source, _opened.Checkpoint.Fence, erasures, cancellationToken);
            _ids.UnionWith(erasures.Select(erasure => erasure.AggregateId));
            _context.Logger.Erased(_context.Sink.Name, _opened.Source.Topic, _opened.Source.Partition, erasures.Count);
        }
        _nextOffset = next;
        _readAt = _context.Time.GetTimestamp();
        return erasures.Count > 0;
    }

    /// <param name="key">Of an event: <c>{aggregateId}@{sequence}</c>.</param>
    public bool Contains(ReadOnlySpan<byte> key)
    {
        if (_ids.Count == 0)
            return false;
        var at = key.LastIndexOf((byte)'@');
        if (at < 1)
            return false;
        Span<char> id = at <= 256 ? stackalloc char[at] : new char[at];
        return _idsByText.Contains(id[..Encoding.UTF8.GetChars(key[..at], id)]);
    }
}
