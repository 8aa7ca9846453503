using System.Text.Json;
using Confluent.Kafka;
using Streaming.Contracts.Control;

namespace Streaming.Sinks.Control;

/// <summary>The control topic as far as it speaks of one sink.</summary>
/// <param name="topic">Its name.</param>
internal sealed class SinkControl(string sink, string topic, IProducer<byte[]?, byte[]?> producer) : IControl
{
    private readonly Lock _gate = new();
    private readonly List<SinkRequest> _requests = [];
    private readonly HashSet<ControlKey> _answers = [];
    private volatile SinkPause? _pause;

    public SinkPause? Pause => _pause;

    public IReadOnlyList<SinkRequest> Open(string topic, int partition)
    {
        lock (_gate)
        {
            return _requests.Count == 0 ? [] : [.. _requests.Where(request =>
                request.Targets.Any(target => target.Topic == topic && target.Partition == partition)
                && !_answers.Contains(ControlKey.Answer(sink, request.Id, topic, partition)))];
        }
    }

    public async Task AnswerAsync(SinkAnswer answer, CancellationToken cancellationToken)
    {
        var key = await producer.AnswerAsync(topic, sink, answer, cancellationToken);
        lock (_gate)
            Answered(key);
    }

    /// <summary>Takes the next record of the control topic into account.</summary>
    /// <exception cref="JsonException">It speaks of this sink, and is not what its key says.</exception>
    public void Take(ControlKey key, byte[]? value)
    {
        if (key.Sink != sink)
            return;
        lock (_gate)
        {
            if (key.Setting == ControlKey.PauseSetting)
                _pause = value is not null && JsonSerializer.Deserialize(value, ControlJson.Default.SinkPause) is { IsPaused: true } pause ? pause : null;
            else if (key.IsAnswer)
                Answered(key);
            else if (key.RequestId is { } id)
                Replace(id, value is null ? null : RequestFormat.Read(value));
        }
    }

    private void Replace(string id, SinkRequest? request)
    {
        _requests.RemoveAll(known => known.Id == id);
        // One about generations is nothing that a partition could do.
        if (request is { IsOfGenerations: false })
            _requests.Add(request);
    }

    // Partitions look at the requests between any two batches: those that are done everywhere don't stay among them.
    private void Answered(ControlKey key)
    {
        _answers.Add(key);
        _requests.RemoveAll(request => request.Targets.All(target => _answers.Contains(ControlKey.Answer(sink, request.Id, target.Topic, target.Partition))));
    }
}
