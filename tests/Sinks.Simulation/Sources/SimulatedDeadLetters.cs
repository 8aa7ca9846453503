using Streaming.Sinks.DeadLetters;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Simulation.Steps;

namespace Streaming.Sinks.Simulation.Sources;

/// <summary>The dead-letter topic as one host reaches it.</summary>
internal sealed class SimulatedDeadLetters(World world) : IDeadLetterLog
{
    private readonly Dictionary<int, int> _claims = [];

    private DeadLetterStore Store => world.DeadLetters;

    public async Task<IReadOnlyList<DeadLetter>> TakeAsync(SourcePartition source, CancellationToken cancellationToken)
    {
        await ClaimAsync(source, cancellationToken);
        return await world.Steps.CallAsync(Callee.Cluster, "dead letters", _ => Store.Of(source.Partition), cancellationToken);
    }

    public async Task ClaimAsync(SourcePartition source, CancellationToken cancellationToken) => _claims[source.Partition] = await world.Steps.CallAsync(
        Callee.Cluster, "claim dead letters", _ => Store.Claim(source.Partition), cancellationToken);

    public Task<IReadOnlyList<DeadLetter>> TakeUpAsync(IReadOnlyList<(LogRecord Record, string Reason)> failed, CancellationToken cancellationToken) =>
        world.Steps.CallAsync(Callee.Cluster, $"take up @{failed[0].Record.Offset}", _ => DeadLetterStore.TakeUp(failed), cancellationToken);

    public Task WriteAsync(SourcePartition source, IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken)
    {
        var claim = _claims[source.Partition];
        return world.Steps.CallAsync(
            Callee.Cluster, $"write {string.Join(" ", letters.Select(letter => $"@{letter.Offset} {letter.State}"))}",
            _ =>
            {
                Store.Write(source.Partition, claim, letters);
                return true;
            }, cancellationToken);
    }
}
