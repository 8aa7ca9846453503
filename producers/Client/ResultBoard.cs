using Streaming.Contracts.Commands;
using Streaming.Contracts.Envelope;

namespace Streaming.Client;

/// <summary>Where results are put up: for callers that wait for theirs, and for those that ask later. Keeps the newest, up to a bound.</summary>
internal sealed class ResultBoard(int countMax)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ResultKey, CommandResult> _results = [];
    private readonly Queue<ResultKey> _inOrder = new();
    private readonly Dictionary<ResultKey, Awaited> _awaited = [];

    /// <summary>The result of a command; null when it is not known, or not any more.</summary>
    public CommandResult? Find(ResultKey key)
    {
        lock (_gate)
            return _results.GetValueOrDefault(key);
    }

    /// <summary>Completes with the result as soon as it is known. Several callers may wait for one command; each ends with <see cref="Leave"/>.</summary>
    public Task<CommandResult> Await(ResultKey key)
    {
        lock (_gate)
        {
            if (_results.TryGetValue(key, out var result))
                return Task.FromResult(result);
            if (!_awaited.TryGetValue(key, out var awaited))
                _awaited[key] = awaited = new();
            awaited.Callers++;
            return awaited.Result.Task;
        }
    }

    /// <summary>A caller waits no longer, with or without its result.</summary>
    public void Leave(ResultKey key)
    {
        lock (_gate)
        {
            if (_awaited.TryGetValue(key, out var awaited) && --awaited.Callers == 0)
                _awaited.Remove(key);
        }
    }

    /// <summary>Puts up a result. The first of a command stays: a repeated one says the same, and an expired one is no answer to what was decided.</summary>
    public void Add(CommandResult result)
    {
        var key = new ResultKey(result.AggregateId, result.CommandId);
        Awaited? awaited;
        lock (_gate)
        {
            if (_results.TryAdd(key, result))
                Keep(key);
            else
                result = _results[key];
            _awaited.Remove(key, out awaited);
        }
        awaited?.Result.SetResult(result);
    }

    private void Keep(ResultKey key)
    {
        _inOrder.Enqueue(key);
        if (_inOrder.Count > countMax)
            _results.Remove(_inOrder.Dequeue());
    }

    private sealed class Awaited
    {
        public TaskCompletionSource<CommandResult> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Callers { get; set; }
    }
}
