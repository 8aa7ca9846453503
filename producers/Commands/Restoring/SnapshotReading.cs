using Confluent.Kafka;
using Streaming.Commands.Deciding;
using Streaming.Commands.Snapshots;
using Streaming.Commands.Writing;
using Streaming.Contracts.Commands;

namespace Streaming.Commands.Restoring;

/// <summary>Takes the newest snapshot of each aggregate, and the newest checkpoint. What cannot be used is counted.</summary>
internal sealed class SnapshotReading<TState>(AggregateStates<TState> states, SnapshotReader<TState> reader)
{
    private readonly Dictionary<string, string> _ignored = [];

    /// <summary>The newest checkpoint; null when there is none that can be used.</summary>
    public SnapshotCheckpoint? Checkpoint { get; private set; }

    /// <summary>The states that were taken.</summary>
    public AggregateStates<TState> States => states;

    /// <summary>Keys whose newest snapshot cannot be used.</summary>
    public int Ignored => _ignored.Count;

    public (string Key, string Why) FirstIgnored => _ignored.Select(entry => (entry.Key, entry.Value)).FirstOrDefault();

    public bool IsIgnored(string aggregateId) => _ignored.ContainsKey(aggregateId);

    public void Take(ConsumeResult<byte[], byte[]> record)
    {
        var message = record.Message;
        var key = message.Key is null ? "" : RecordKeys.Text(message.Key);
        // Of several with one key the last counts, as after compaction.
        _ignored.Remove(key);
        if (key == SnapshotKeys.Checkpoint)
            TakeCheckpoint(message);
        else if (message.Value is null)
            states.Forget(key);
        else if (!states.IsErased(key))
            TakeState(key, message);
    }

    private void TakeCheckpoint(Message<byte[], byte[]> message)
    {
        string? why = null;
        Checkpoint = message.Value is null ? null : reader.Checkpoint(message, out why);
        if (why is not null)
            _ignored[SnapshotKeys.Checkpoint] = why;
    }

    private void TakeState(string key, Message<byte[], byte[]> message)
    {
        string? why = "it has no key";
        if (key.Length > 0 && reader.State(message, out why) is { } aggregate)
        {
            states.Restore(key, aggregate);
            return;
        }

        // An older one under the same key would be right, but compaction may take it at any time: behaviour must not depend on that.
        states.Forget(key);
        _ignored[key] = why!;
    }
}
