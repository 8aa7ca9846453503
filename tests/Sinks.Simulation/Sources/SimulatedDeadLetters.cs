using Streaming.Sinks.DeadLetters;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Simulation.Steps;

namespace Streaming.Sinks.Simulation.Sources;

/// <summary>A dead-letter topic in memory, by way of the format that the real one has.</summary>
internal sealed class SimulatedDeadLetters(World world) : IDeadLetterLog
{
    private readonly SortedDictionary<(int Partition, long Offset), DeadLetter> _letters = [];

    public IEnumerable<DeadLetter> All => _letters.Values;

    public IEnumerable<DeadLetter> Waiting => All.Where(letter => letter.State == DeadLetterState.Waiting);

    public Task<IReadOnlyList<DeadLetter>> ReadAsync(SourcePartition source, CancellationToken cancellationToken) => world.Steps.CallAsync<IReadOnlyList<DeadLetter>>(
        Callee.Cluster, "dead letters", _ => [.. All.Where(letter => letter.Partition == source.Partition)], cancellationToken);

    public Task<IReadOnlyList<DeadLetter>> TakeUpAsync(IReadOnlyList<(LogRecord Record, string Reason)> failed, CancellationToken cancellationToken) =>
        world.Steps.CallAsync<IReadOnlyList<DeadLetter>>(Callee.Cluster, $"take up @{failed[0].Record.Offset}", _ => [.. failed.Select(one => new DeadLetter
        {
            Topic = one.Record.Topic,
            Partition = one.Record.Partition,
            Offset = one.Record.Offset,
            Key = one.Record.Key,
            Value = one.Record.Value,
            Headers = [],
            RecordedAt = one.Record.Timestamp,
            Reason = one.Reason,
            Host = "a host",
            ParkedAt = DateTimeOffset.UnixEpoch,
        })], cancellationToken);

    public Task WriteAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken) => world.Steps.CallAsync(
        Callee.Cluster, $"write {string.Join(" ", letters.Select(letter => $"@{letter.Offset} {letter.State}"))}",
        _ =>
        {
            foreach (var letter in letters)
                _letters[(letter.Partition, letter.Offset)] = DeadLetterFormat.Parse(new() { Message = DeadLetterFormat.ToMessage(letter) });
            return true;
        }, cancellationToken);
}
