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

    /// <exception cref="JsonException">It is no pause.</exception>
    public void SetPause(byte[]? value) =>
        _pause = value is not null && JsonSerializer.Deserialize(value, ControlJson.Default.SinkPause) is { IsPaused: true } pause ? pause : null;

    /// <summary>Takes a request into account, whatever it is about.</summary>
    /// <param name="request">Null: it was taken back.</param>
    public void Ask(string id, SinkRequest? request)
    {
        lock (_gate)
        {
            _requests.RemoveAll(known => known.Id == id);
            // One about generations is nothing that a partition could do.
            if (request is { IsOfGenerations: false })
                _requests.Add(request);
        }
    }

    /// <summary>Takes an answer into account.</summary>
    public void Answer(ControlKey key)
    {
        lock (_gate)
            Answered(key);
    }

    // Partitions look at the requests between any two batches: those that are done everywhere don't stay among them.
    private void Answered(ControlKey key)
    {
        _answers.Add(key);
        _requests.RemoveAll(request => request.Targets.All(target => _answers.Contains(ControlKey.Answer(sink, request.Id, target.Topic, target.Partition))));
    }
}
