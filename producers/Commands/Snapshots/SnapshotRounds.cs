using Confluent.Kafka;
using Streaming.Commands.Deciding;
using Streaming.Commands.Writing;
using Streaming.Contracts.Commands;

namespace Streaming.Commands.Snapshots;

/// <summary>Writes the states that changed, a few per transaction, and a checkpoint when all are written. Then the next round may begin.</summary>
/// <remarks>
/// <para>A round takes up every aggregate that changed since the round before took up its own. Each is written as it is at that moment, which
/// may be later than when the round began; what changes once more is taken up again by the next round.</para>
/// <para>The checkpoint names where the events ended before the round's first transaction. Whatever happened before is in a snapshot of this
/// round or of an earlier one; whatever happened since is folded. A round that does not end leaves the checkpoint before in force, and its
/// snapshots do no harm: they name their version.</para>
/// <para>Speculative like everything of a batch, until <see cref="Accept"/>. One thread at a time.</para>
/// </remarks>
internal sealed class SnapshotRounds<TState>(
    AggregateStates<TState> states, SnapshotRecords<TState> records, Outbox outbox, CommandProcessorOptions options, ProcessorTelemetry telemetry, TimeProvider time)
{
    private readonly List<(string Id, long Version)> _inBatch = [];
    private List<string> _ids = [];
    private int _position;
    private long _snapshots;
    private long _sizeBytesInBatch;
    private long _startOffset;
    private long _startedAt;
    private long _eventsSince;
    private DateTimeOffset _oldestSince;
    private bool _isOpen;

    /// <summary>States wait to be written.</summary>
    public bool IsDue => _isOpen || _eventsSince >= options.SnapshotEveryEvents || IsLate;

    // By the clock that events are recorded by, so that a restart does not begin to count anew.
    private bool IsLate => options.SnapshotEveryMinutes > 0 && _eventsSince > 0
        && time.GetUtcNow() - _oldestSince >= TimeSpan.FromMinutes(options.SnapshotEveryMinutes);

    /// <summary>Events in the log that no round has taken up yet.</summary>
    /// <param name="events">How many more.</param>
    /// <param name="recordedAt">When the first of them was recorded.</param>
    public void Count(long events, DateTimeOffset recordedAt)
    {
        if (_eventsSince == 0)
            _oldestSince = recordedAt;
        _eventsSince += events;
    }

    /// <summary>The next batch begins a round or ends one, and so needs to know where the events end.</summary>
    public bool NeedsEventsEnd => !_isOpen || PositionAfterBatch == _ids.Count;

    private int PositionAfterBatch => Math.Min(_position + options.SnapshotsPerTransactionMax, _ids.Count);

    /// <summary>Adds to the batch what the round has next, one being due.</summary>
    /// <param name="recordedAt">No record of the partition is newer.</param>
    /// <param name="eventsEnd">Where the partition's events ended before the batch's own; counts where <see cref="NeedsEventsEnd"/> says so.</param>
    public void Append(DateTimeOffset recordedAt, long eventsEnd)
    {
        if (!_isOpen)
            Begin(eventsEnd);

        for (var i = _position; i < PositionAfterBatch; i++)
            Write(_ids[i], recordedAt);
        if (PositionAfterBatch == _ids.Count)
            Add(records.Of(new SnapshotCheckpoint(_startOffset, eventsEnd, _snapshots + _inBatch.Count, recordedAt)));
    }

    /// <summary>The batch is in the log.</summary>
    public void Accept()
    {
        if (!_isOpen)
            return;
        foreach (var (id, version) in _inBatch)
            states.Snapshotted(id, version);
        telemetry.Snapshotted(_inBatch.Count, _sizeBytesInBatch);
        _snapshots += _inBatch.Count;
        _position = PositionAfterBatch;
        Drop();
        if (_position < _ids.Count)
            return;
        _isOpen = false;
        _ids = [];
        telemetry.RoundEnded(time.GetElapsedTime(_startedAt));
    }

    /// <summary>The batch is not in the log: what it wrote of the round is still to be written.</summary>
    public void Drop()
    {
        _inBatch.Clear();
        _sizeBytesInBatch = 0;
    }

    private void Begin(long eventsEnd)
    {
        _ids = states.TakeChanged();
        (_startOffset, _startedAt, _position, _snapshots, _eventsSince) = (eventsEnd, time.GetTimestamp(), 0, 0, 0);
        _isOpen = true;
    }

    private void Write(string id, DateTimeOffset recordedAt)
    {
        var aggregate = states.Find(id);
        if (aggregate.Version == aggregate.SnapshotVersion)
            return;     // Erased since, or its only change was never committed.
        Add(records.Of(id, aggregate, recordedAt));
        _inBatch.Add((id, aggregate.Version));
    }

    private void Add(Message<byte[], byte[]> message)
    {
        outbox.Snapshot(message);
        _sizeBytesInBatch += message.Key.Length + message.Value.Length;
    }
}
