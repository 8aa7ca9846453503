using System.Diagnostics.CodeAnalysis;
using Streaming.Contracts.Envelope;

namespace Streaming.Commands.Duplicates;

/// <summary>Remembers what became of the commands of a partition, to answer a repeated one as before instead of deciding it again.</summary>
/// <remarks>
/// Bounded by age and by count. Whatever the bound that made it forget a command, it remembers how old that command was, so that one recorded
/// no later is recognised as <see cref="IsExpired"/>: forgetting never leads to deciding twice. Ages are those of the command's record, not
/// of its result, because a backlog is decided long after it was recorded. One thread at a time.
/// </remarks>
internal sealed class ResultIndex(TimeSpan window, int countMax, TimeProvider time)
{
    private readonly Dictionary<ResultKey, byte[]> _results = [];
    private readonly Queue<(ResultKey Key, long CommandMs)> _inOrder = new();
    private readonly List<(ResultKey Key, long CommandMs)> _inBatch = [];
    private long _forgottenMs = long.MinValue;

    public int Count => _results.Count;

    /// <summary>Commands recorded later than this are recognised: milliseconds since 1970, UTC.</summary>
    public long ReachesBackToMs => Math.Max(_forgottenMs, time.GetUtcNow().Subtract(window).ToUnixTimeMilliseconds());

    /// <summary>Whether a command recorded at this time might have been decided and forgotten.</summary>
    public bool IsExpired(long commandMs) => commandMs <= ReachesBackToMs;

    /// <summary>The value of the result record, as it was written.</summary>
    public bool TryFind(ResultKey key, [NotNullWhen(true)] out byte[]? result) => _results.TryGetValue(key, out result);

    /// <summary>Adds what <see cref="Drop"/> takes back.</summary>
    public void Add(ResultKey key, byte[] result, long commandMs)
    {
        if (_results.TryAdd(key, result))
            _inBatch.Add((key, commandMs));
    }

    /// <summary>Adds what is in the log already. Of several results of one command the first is kept: the others repeat it.</summary>
    public void Restore(ResultKey key, byte[] result, long commandMs)
    {
        if (_results.TryAdd(key, result))
            Keep(key, commandMs);
    }

    /// <summary>Says that commands recorded up to this time are not in here, although they may have been decided.</summary>
    public void ForgetUpTo(long commandMs) => _forgottenMs = Math.Max(_forgottenMs, commandMs);

    /// <summary>The batch is committed: its results stay.</summary>
    public void Accept()
    {
        foreach (var (key, commandMs) in _inBatch)
            Keep(key, commandMs);
        _inBatch.Clear();
        while (_inOrder.TryPeek(out var oldest) && oldest.CommandMs < ReachesBackToMs)
            Forget();
    }

    /// <summary>The batch is not committed: its results never were.</summary>
    public void Drop()
    {
        foreach (var (key, _) in _inBatch)
            _results.Remove(key);
        _inBatch.Clear();
    }

    private void Keep(ResultKey key, long commandMs)
    {
        _inOrder.Enqueue((key, commandMs));
        if (_inOrder.Count > countMax)
            Forget();
    }

    private void Forget()
    {
        var (key, commandMs) = _inOrder.Dequeue();
        _results.Remove(key);
        ForgetUpTo(commandMs);
    }
}
