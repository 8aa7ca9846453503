using System.Collections.Concurrent;
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
    private readonly ConcurrentDictionary<ControlKey, TaskCompletionSource<bool>> _declaring = new();
    private readonly GenerationLedger _ledger = new();

    /// <summary>Null while nobody has set anything.</summary>
    public SinkGenerations? Declared => _ledger.Newest;

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

    /// <summary>Changes what is declared. Completes when this has come by among what is followed.</summary>
    /// <param name="changed">A change of <see cref="Declared"/>, with its version.</param>
    /// <returns>False where somebody else has set something since: that holds, and this doesn't.</returns>
    public async Task<bool> DeclareAsync(SinkGenerations changed, CancellationToken cancellationToken)
    {
        var key = ControlKey.Generations(sink, Guid.CreateVersion7().ToString());
        var holds = _declaring[key] = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await producer.DeclareAsync(topic, key, changed, cancellationToken);
            return await holds.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            _declaring.TryRemove(key, out _);
        }
    }

    public async Task AnswerAsync(SinkAnswer answer, CancellationToken cancellationToken)
    {
        await producer.AnswerAsync(topic, sink, answer, cancellationToken);
        lock (_gate)
            Answered(answer);
    }

    /// <summary>Takes the next declaration of the topic into account.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public void Declare(ControlKey key, byte[]? value)
    {
        var holds = _ledger.Take(key, value);
        if (_declaring.TryGetValue(key, out var declaring))
            declaring.TrySetResult(holds);
    }

    /// <summary>Takes a request into account, whatever it is about.</summary>
    /// <param name="request">Null: it was taken back.</param>
    public void Ask(string id, SinkRequest? request)
    {
        lock (_gate)
        {
            _open.Remove(id);
            if (request is { IsOfGenerations: true })
                _open.Add(id, request);
        }
    }

    /// <summary>Takes an answer into account.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public void Answer(byte[]? value)
    {
        if (value is null || JsonSerializer.Deserialize(value, ControlJson.Default.SinkAnswer) is not { } answer)
            return;
        lock (_gate)
            Answered(answer);
    }

    private void Answered(SinkAnswer answer)
    {
        _open.Remove(answer.RequestId);
        if (answer is { IsDone: true, Proof.Comparison.Parts: not null })
            _proofs[answer.RequestId] = answer;
    }
}
