using Streaming.Contracts.Commands;
using Streaming.Contracts.Envelope;

namespace Streaming.Client;

/// <summary>Where results are put up: for callers that wait for theirs, and for those that ask later. Keeps the newest, up to a bound.</summary>
/// <remarks>
/// Kept as they came: every process hears every result, and most are of interest to another one. They are filed by their record's key, which
/// two commands may share (see <see cref="ResultKey"/>); where a key is known already, what the results say tells them apart.
/// </remarks>
/// <param name="read">The result in a record's value; null when there is none in it.</param>
internal sealed class ResultBoard(int countMax, Func<byte[], CommandResult?> read)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Posted> _posted = [];
    private readonly Queue<string> _inOrder = new();
    private readonly Dictionary<string, List<Awaited>> _awaited = [];

    /// <summary>The result of a command; null when it is not known, or not any more.</summary>
    public CommandResult? Find(ResultKey key)
    {
        lock (_gate)
            return FindPosted(key.ToString(), key);
    }

    /// <summary>Completes with the result as soon as it is known. Several callers may wait for one command; each ends with <see cref="Leave"/>.</summary>
    public Task<CommandResult> Await(ResultKey key)
    {
        var text = key.ToString();
        lock (_gate)
        {
            if (FindPosted(text, key) is { } result)
                return Task.FromResult(result);
            if (!_awaited.TryGetValue(text, out var all))
                _awaited[text] = all = new(capacity: 1);
            if (all.Find(one => one.Key == key) is not { } awaited)
                all.Add(awaited = new(key));
            awaited.Callers++;
            return awaited.Result.Task;
        }
    }

    /// <summary>A caller waits no longer, with or without its result.</summary>
    public void Leave(ResultKey key)
    {
        var text = key.ToString();
        lock (_gate)
        {
            if (_awaited.TryGetValue(text, out var all) && all.Find(one => one.Key == key) is { } awaited && --awaited.Callers == 0)
                Remove(text, all, awaited);
        }
    }

    /// <summary>Puts up a result. The first of a command stays: a repeated one says the same, and an expired one is no answer to what was decided.</summary>
    /// <param name="text">The record's key.</param>
    /// <param name="value">The record's value.</param>
    public void Add(string text, byte[] value)
    {
        Awaited? awaited = null;
        CommandResult? result;
        lock (_gate)
        {
            var isKnown = _posted.TryGetValue(text, out var known);
            if (!isKnown && !_awaited.ContainsKey(text))
            {
                Keep(text, new Posted(value));
                return;
            }

            result = read(value);
            if (result is null)
                return;
            var key = new ResultKey(result.AggregateId, result.CommandId);
            if (FindPosted(text, key) is { } first)
                result = first;
            else
                Keep(text, new Posted(value) { Next = known });
            if (_awaited.TryGetValue(text, out var all) && all.Find(one => one.Key == key) is { } waiting)
                Remove(text, all, awaited = waiting);
        }

        awaited?.Result.SetResult(result);
    }

    private CommandResult? FindPosted(string text, ResultKey key)
    {
        for (var posted = _posted.GetValueOrDefault(text); posted is not null; posted = posted.Next)
        {
            if (read(posted.Value) is { } result && result.AggregateId == key.AggregateId && result.CommandId == key.CommandId)
                return result;
        }

        return null;
    }

    private void Keep(string text, Posted posted)
    {
        _posted[text] = posted;
        _inOrder.Enqueue(text);
        if (_inOrder.Count > countMax)
            _posted.Remove(_inOrder.Dequeue());
    }

    private void Remove(string text, List<Awaited> all, Awaited awaited)
    {
        all.Remove(awaited);
        if (all.Count == 0)
            _awaited.Remove(text);
    }

    private sealed class Posted(byte[] value)
    {
        public byte[] Value { get; } = value;

        /// <summary>Another command's, under the same text.</summary>
        public Posted? Next { get; init; }
    }

    private sealed class Awaited(ResultKey key)
    {
        public ResultKey Key { get; } = key;

        public TaskCompletionSource<CommandResult> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Callers { get; set; }
    }
}
