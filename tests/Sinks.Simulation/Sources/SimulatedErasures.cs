using Streaming.Sinks.Erasing;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Simulation.Steps;

namespace Streaming.Sinks.Simulation.Sources;

internal sealed class SimulatedErasures(World world) : IErasureLog
{
    public Task<ErasuresRead> ReadAsync(SourcePartition source, long fromOffset, CancellationToken cancellationToken) => world.Steps.CallAsync(
        Callee.Cluster, $"erasures from {fromOffset}",
        _ =>
        {
            var all = world.Logs[source.Partition].Erasures;
            return new ErasuresRead([.. all.Skip((int)fromOffset)], all.Count);
        }, cancellationToken);
}
