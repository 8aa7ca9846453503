using System.Text.Json;
using Confluent.Kafka;
using Streaming.Contracts.Control;

namespace Streaming.Sinks.Control;

/// <summary>What is set and asked about the generations of a sink, and which comparisons of them are on record.</summary>
/// <param name="sink">The sink's own name.</param>
/// <param name="topic">The control topic's name.</param>
internal sealed class GenerationControl(string sink, string topic, IProducer<byte[]?, byte[]?> producer)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, SinkRequest> _open = [];
    private readonly Dictionary<string, SinkAnswer> _proofs = [];
    private volatile SinkGenerations? _declared;

    /// <summary>Null while nobody has set anything.</summary>
    public SinkGenerations? Declared => _declared;

    /// <summary>What was asked and not answered yet, oldest first.</summary>
    public IReadOnlyList<SinkRequest> Open
    {
        get
        {
            lock (_gate)
                return [.. _open.Values.OrderBy(request => request.At)];
        }
    }

    /// <summary>The newest comparison of these two; null when there is none on record.</summary>
    public SinkAnswer? NewestProof(int left, int right)
    {
        lock (_gate)
            return _proofs.Values.Where(answer => (answer.Proof!.Comparison.Left, answer.Proof.Comparison.Right) == (left, right)).MaxBy(answer => answer.At);
    }

    public async Task DeclareAsync(SinkGenerations generations, CancellationToken cancellationToken)
    {
        await producer.DeclareAsync(topic, sink, generations, cancellationToken);
        _declared = generations;
    }

    public async Task AnswerAsync(SinkAnswer answer, CancellationToken cancellationToken)
    {
        await producer.AnswerAsync(topic, sink, answer, cancellationToken);
        lock (_gate)
            Answered(answer);
    }

    /// <summary>Takes the next record of the control topic into account.</summary>
    /// <exception cref="JsonException">It speaks of this sink, and is not what its key says.</exception>
    public void Take(ControlKey key, byte[]? value)
    {
        if (key.Sink != sink)
            return;
        if (key.Setting == ControlKey.GenerationsSetting)
        {
            _declared = value is null ? null : Checked(JsonSerializer.Deserialize(value, ControlJson.Default.SinkGenerations));
            return;
        }

        lock (_gate)
        {
            if (key.IsAnswer && value is not null && JsonSerializer.Deserialize(value, ControlJson.Default.SinkAnswer) is { } answer)
                Answered(answer);
            else if (key.RequestId is { } id)
                Replace(id, value is null ? null : RequestFormat.Read(value));
        }
    }

    private static SinkGenerations Checked(SinkGenerations? generations) => generations is { Current: > 0, Running: not null, Held: not null, By: not null }
        ? generations
        : throw new JsonException("The setting names the current generation, those that run, those that are held, and who set it.");

    private void Replace(string id, SinkRequest? request)
    {
        _open.Remove(id);
        if (request is { IsOfGenerations: true })
            _open.Add(id, request);
    }

    private void Answered(SinkAnswer answer)
    {
        _open.Remove(answer.RequestId);
        if (answer is { IsDone: true, Proof.Comparison.Parts: not null })
            _proofs[answer.RequestId] = answer;
    }
}
