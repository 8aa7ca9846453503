using Streaming.Contracts.Control;
using Streaming.Sinks.Control;
using Streaming.Sinks.Simulation.Sources;
using Streaming.Sinks.Simulation.Steps;

namespace Streaming.Sinks.Simulation.Hosts;

/// <summary>A control topic in memory, with which the simulation's operator asks.</summary>
internal sealed class SimulatedControl(World world) : IControl
{
    private readonly List<SinkRequest> _requests = [];
    private readonly HashSet<(string Id, int Partition)> _answered = [];

    public SinkPause? Pause { get; set; }

    public bool HasOpen => _requests.Count > 0;

    public void Ask(SinkRequestKind kind, int partition, params IEnumerable<long> offsets) => _requests.Add(new(
        $"request-{world.Steps.Time.GetTimestamp()}-{_answered.Count + _requests.Count}", kind, "an operator", DateTimeOffset.UnixEpoch, null,
        [.. offsets.Select(offset => new SinkTarget(SimulatedLog.Topic, partition, offset))]));

    public IReadOnlyList<SinkRequest> Open(string topic, int partition) => [.. _requests.Where(request => request.Targets[0].Partition == partition)];

    public Task AnswerAsync(SinkAnswer answer, CancellationToken cancellationToken) => world.Steps.CallAsync(
        Callee.Cluster, $"answer {answer.Message}",
        _ =>
        {
            _answered.Add((answer.RequestId, answer.Partition));
            return _requests.RemoveAll(request => request.Id == answer.RequestId);
        }, cancellationToken);
}
