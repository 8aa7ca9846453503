using System.Collections.Concurrent;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;

namespace Streaming.Sinks.Gateway;

/// <summary>Knows for which event a call to an external system is made, and what was recorded of its calls.</summary>
public sealed class RecordingGateway
{
    private static readonly AsyncLocal<EventScope?> _current = new();

    private readonly IRecordingLog _log;
    private readonly string _sink;
    private readonly ConcurrentDictionary<SourcePartition, PartitionRecordings> _partitions = new();

    internal RecordingGateway(IRecordingLog log, string sink) => (_log, _sink) = (log, sink);

    /// <summary>The same recordings, read on their own.</summary>
    internal RecordingGateway Beside() => new(_log, _sink);

    /// <summary>The event that is being handled here; null outside of one.</summary>
    internal static EventScope? Current => _current.Value;

    /// <summary>Calls from here on, until the scope is disposed, are made for this event.</summary>
    /// <param name="ensureOurs">Awaited before each call; null where a call does no harm that another host makes, too.</param>
    internal EventScope Enter(SourcePartition source, RecordedEvent recorded, SinkMode mode, bool isRedrive, Func<CancellationToken, ValueTask>? ensureOurs = null)
    {
        var recordings = _partitions.GetOrAdd(source, added => new PartitionRecordings(_log, _sink, added.Partition));
        return _current.Value = new EventScope(recordings, recorded, mode, isRedrive, ensureOurs);
    }

    /// <summary>The partition was taken over: another host may have recorded more since we had it.</summary>
    internal void Forget(SourcePartition source)
    {
        if (_partitions.TryRemove(source, out var forgotten))
            forgotten.Dispose();
    }

    /// <summary>One event in hand.</summary>
    internal sealed class EventScope(
        PartitionRecordings recordings, RecordedEvent recorded, SinkMode mode, bool isRedrive, Func<CancellationToken, ValueTask>? ensureOurs) : IDisposable
    {
        private readonly ConcurrentDictionary<string, int> _counts = new();

        public PartitionRecordings Recordings { get; } = recordings;
        public RecordedEvent Recorded { get; } = recorded;
        public SinkMode Mode { get; } = mode;

        /// <summary>A person has decided that the event is to be handled: a call that may have been made before is made.</summary>
        public bool IsRedrive { get; } = isRedrive;

        /// <summary>Returns while a call may be made.</summary>
        /// <exception cref="FencedException">Another host has the partition, and makes it.</exception>
        public ValueTask EnsureOursAsync(CancellationToken cancellationToken) => ensureOurs?.Invoke(cancellationToken) ?? ValueTask.CompletedTask;

        /// <summary>Names a call within all calls of the sink. The same call again within one event is another one.</summary>
        public string NameOf(string call)
        {
            var count = _counts.AddOrUpdate(call, 1, (_, before) => before + 1);
            return count == 1 ? $"{Recorded.EventId}/{call}" : $"{Recorded.EventId}/{call} #{count}";
        }

        public void Dispose() => _current.Value = null;
    }
}
