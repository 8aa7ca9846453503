using Streaming.Sinks.DeadLetters;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Simulation.Sources;

namespace Streaming.Sinks.Tests.Support;

/// <summary>A dead-letter topic in memory.</summary>
internal sealed class MemoryDeadLetters
{
    private readonly Lock _gate = new();
    private readonly DeadLetterStore _store = new(isFenced: true);

    /// <summary>Called before each write; what it throws is the write's failure.</summary>
    public Action<IReadOnlyList<DeadLetter>> BeforeWrite { get; set; } = _ => { };

    public List<DeadLetter> All
    {
        get
        {
            lock (_gate)
                return [.. _store.All];
        }
    }

    public List<string> Waiting => [.. All.Where(letter => letter.State == DeadLetterState.Waiting).Select(letter => letter.Position)];

    /// <summary>The topic as one host reaches it.</summary>
    public IDeadLetterLog Connect() => new Connection(this);

    private sealed class Connection(MemoryDeadLetters topic) : IDeadLetterLog
    {
        private int _claim;

        public Task<IReadOnlyList<DeadLetter>> TakeAsync(SourcePartition source, CancellationToken cancellationToken)
        {
            lock (topic._gate)
            {
                _claim = topic._store.Claim(source.Partition);
                return Task.FromResult(topic._store.Of(source.Partition));
            }
        }

        public Task ClaimAsync(SourcePartition source, CancellationToken cancellationToken)
        {
            lock (topic._gate)
                _claim = topic._store.Claim(source.Partition);
            return Task.CompletedTask;
        }

        public Task<IReadOnlyList<DeadLetter>> TakeUpAsync(IReadOnlyList<(LogRecord Record, string Reason)> failed, CancellationToken cancellationToken) =>
            Task.FromResult(DeadLetterStore.TakeUp(failed));

        public Task WriteAsync(SourcePartition source, IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken)
        {
            topic.BeforeWrite(letters);
            lock (topic._gate)
                topic._store.Write(source.Partition, _claim, letters);
            return Task.CompletedTask;
        }
    }
}
