using Streaming.Contracts.Control;
using Streaming.Sinks.Control;

namespace Streaming.Sinks.Tests.Support;

/// <summary>A control topic in memory.</summary>
internal sealed class MemoryControl : IControl
{
    private readonly Lock _gate = new();
    private readonly List<SinkRequest> _requests = [];
    private readonly List<SinkAnswer> _answers = [];

    public SinkPause? Pause { get; set; }

    /// <summary>Called when an answer is there; what it throws is all that who answers learns.</summary>
    public Action AfterAnswer { get; set; } = () => { };

    public List<SinkAnswer> Answers
    {
        get
        {
            lock (_gate)
                return [.. _answers];
        }
    }

    /// <summary>Asks for something about these offsets of the one partition.</summary>
    public void Ask(SinkRequestKind kind, params long[] offsets)
    {
        lock (_gate)
        {
            _requests.Add(new($"request-{_requests.Count}", kind, "an operator", DateTimeOffset.UnixEpoch, "a test",
                [.. offsets.DefaultIfEmpty(0).Select(offset => new SinkTarget(SomeRecords.Topic, SomeRecords.Partition, offset))]));
        }
    }

    /// <summary>Asks for a reset that may leave out what was handled before.</summary>
    public void AskToCutReplay(long offset)
    {
        Ask(SinkRequestKind.Reset, offset);
        lock (_gate)
            _requests[^1] = _requests[^1] with { CutsReplay = true };
    }

    /// <summary>Asks for aggregates to be derived again: one by its key, or those with events between two offsets.</summary>
    public void AskToRederive(string? key, long from = 0, long? until = null)
    {
        lock (_gate)
        {
            _requests.Add(new($"request-{_requests.Count}", SinkRequestKind.Rederive, "an operator", DateTimeOffset.UnixEpoch, "a test",
                [new SinkTarget(SomeRecords.Topic, SomeRecords.Partition, from, until)], Key: key));
        }
    }

    public IReadOnlyList<SinkRequest> Open(string topic, int partition)
    {
        lock (_gate)
            return [.. _requests.Where(request => _answers.All(answer => answer.RequestId != request.Id))];
    }

    public Task AnswerAsync(SinkAnswer answer, CancellationToken cancellationToken)
    {
        lock (_gate)
            _answers.Add(answer);
        AfterAnswer();
        return Task.CompletedTask;
    }
}
