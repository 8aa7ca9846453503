using System.Diagnostics.CodeAnalysis;

namespace Streaming.Commands.Duplicates;

/// <summary>Remembers what became of the commands of a partition, to answer a repeated one as before instead of deciding it again.</summary>
/// <remarks>
/// Bounded by age and by count. Whatever the bound that made it forget a command, it remembers how old that command was, so that one recorded
/// no later is recognised as <see cref="IsExpired"/>: forgetting never leads to deciding twice. Ages are those of the command's record, not
/// of its result, because a backlog is decided long after it was recorded. One thread at a time.
/// </remarks>
internal sealed class ResultIndex
{
    private readonly TimeSpan _window;
    private readonly int _countMax;
    private readonly TimeProvider _time;
    private readonly RememberedResults _results = new();
    private readonly HashSet<long> _numbers;
    private readonly HashSet<long>.AlternateLookup<CommandKey> _numbersByKey;
    private long _committed;        // Number of the first that the batch in hand added.
    private long _forgottenMs = long.MinValue;

    public ResultIndex(TimeSpan window, int countMax, TimeProvider time)
    {
        (_window, _countMax, _time) = (window, countMax, time);
        _numbers = new HashSet<long>(new ByKey(_results));
        _numbersByKey = _numbers.GetAlternateLookup<CommandKey>();
    }

    public int Count => _numbers.Count;

    /// <summary>Commands recorded later than this are recognised: milliseconds since 1970, UTC.</summary>
    public long ReachesBackToMs => Math.Max(_forgottenMs, _time.GetUtcNow().Subtract(_window).ToUnixTimeMilliseconds());

    /// <summary>Whether a command recorded at this time might have been decided and forgotten.</summary>
    public bool IsExpired(long commandMs) => commandMs <= ReachesBackToMs;

    /// <summary>A copy of the result record's value, as it was written.</summary>
    public bool TryFind(CommandKey key, [NotNullWhen(true)] out byte[]? result)
    {
        result = _numbersByKey.TryGetValue(key, out var number) ? _results.ResultOf(number).ToArray() : null;
        return result is not null;
    }

    /// <summary>Adds what <see cref="Drop"/> takes back.</summary>
    public void Add(CommandKey key, ReadOnlySpan<byte> result, long commandMs)
    {
        if (!_numbersByKey.Contains(key))
            _numbers.Add(_results.Add(key, result, commandMs));
    }

    /// <summary>Adds what is in the log already. Of several results of one command the first is kept: the others repeat it.</summary>
    public void Restore(CommandKey key, ReadOnlySpan<byte> result, long commandMs)
    {
        Add(key, result, commandMs);
        Keep();
    }

    /// <summary>Says that commands recorded up to this time are not in here, although they may have been decided.</summary>
    public void ForgetUpTo(long commandMs) => _forgottenMs = Math.Max(_forgottenMs, commandMs);

    /// <summary>The batch is committed: its results stay.</summary>
    public void Accept()
    {
        Keep();
        var reachesBackTo = ReachesBackToMs;
        while (Count > 0 && _results.CommandMsOf(_results.First) < reachesBackTo)
            Forget();
    }

    /// <summary>The batch is not committed: its results never were.</summary>
    public void Drop()
    {
        while (_results.Next > _committed)
        {
            _numbers.Remove(_results.Next - 1);
            _results.TakeBackLast();
        }
    }

    private void Keep()
    {
        _committed = _results.Next;
        while (Count > _countMax)
            Forget();
    }

    private void Forget()
    {
        var commandMs = _results.CommandMsOf(_results.First);
        _numbers.Remove(_results.First);
        _results.ForgetFirst();
        ForgetUpTo(commandMs);
    }

    // A set of numbers, which is searched by what is remembered under them.
    private sealed class ByKey(RememberedResults results) : IEqualityComparer<long>, IAlternateEqualityComparer<CommandKey, long>
    {
        public bool Equals(long x, long y) => x == y;

        public int GetHashCode(long number) => results.HashOf(number);

        public bool Equals(CommandKey key, long number) => results.KeyOf(number).Is(key);

        public int GetHashCode(CommandKey key) => key.Hash();

        public long Create(CommandKey key) => throw new NotSupportedException("Numbers are given by what remembers the results.");
    }
}
