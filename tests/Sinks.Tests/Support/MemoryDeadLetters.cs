using Streaming.Sinks.DeadLetters;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;

namespace Streaming.Sinks.Tests.Support;

/// <summary>A dead-letter topic in memory, by way of the format that the real one has.</summary>
internal sealed class MemoryDeadLetters : IDeadLetterLog
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, DeadLetter> _letters = [];

    /// <summary>Called before each write; what it throws is the write's failure.</summary>
    public Action<IReadOnlyList<DeadLetter>> BeforeWrite { get; set; } = _ => { };

    public List<DeadLetter> All
    {
        get
        {
            lock (_gate)
                return [.. _letters.Values];
        }
    }

    public List<string> Waiting => [.. All.Where(letter => letter.State == DeadLetterState.Waiting).Select(letter => letter.Position)];

    public Task<IReadOnlyList<DeadLetter>> ReadAsync(SourcePartition source, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<DeadLetter>>(All);

    public Task<IReadOnlyList<DeadLetter>> TakeUpAsync(IReadOnlyList<(LogRecord Record, string Reason)> failed, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<DeadLetter>>([.. failed.Select(one => new DeadLetter
        {
            Topic = one.Record.Topic,
            Partition = one.Record.Partition,
            Offset = one.Record.Offset,
            Key = one.Record.Key,
            Value = one.Record.Value,
            Headers = [],
            RecordedAt = one.Record.Timestamp,
            Reason = one.Reason,
            Host = "here",
            ParkedAt = DateTimeOffset.UnixEpoch,
        })]);

    public Task WriteAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken)
    {
        BeforeWrite(letters);
        lock (_gate)
        {
            foreach (var letter in letters)
                _letters[letter.Offset] = DeadLetterFormat.Parse(new() { Message = DeadLetterFormat.ToMessage(letter) });
        }

        return Task.CompletedTask;
    }
}
