using System.Diagnostics.CodeAnalysis;

namespace Streaming.Commands.Processes;

/// <summary>Until when each aggregate of a partition waits, the earliest first. Holds as many entries as aggregates wait.</summary>
/// <remarks>A due time that was <see cref="Told"/> stays known, so that its aggregate is not told again while the command is on its way.
/// One thread at a time.</remarks>
internal sealed class DueTimes
{
    private readonly Dictionary<string, Entry> _byAggregate = [];
    private readonly SortedSet<(DateTimeOffset At, string AggregateId)> _inOrder = new(EarliestFirst.Instance);

    /// <summary>Aggregates that wait.</summary>
    public int Count => _byAggregate.Count;

    /// <summary>When the next one is due; null when nobody waits.</summary>
    public DateTimeOffset? Next => _inOrder.Count == 0 ? null : _inOrder.Min.At;

    /// <summary>Sets until when an aggregate waits; null: it waits no longer.</summary>
    public void Set(string aggregateId, DateTimeOffset? at)
    {
        var isKnown = _byAggregate.TryGetValue(aggregateId, out var before);
        if (isKnown && before.At == at)
            return;     // The same deadline, told or not.
        if (isKnown)
            _inOrder.Remove((before.At, aggregateId));
        if (at is not { } deadline)
        {
            _byAggregate.Remove(aggregateId);
            return;
        }

        _byAggregate[aggregateId] = new(deadline, IsTold: false);
        _inOrder.Add((deadline, aggregateId));
    }

    /// <summary>Adds who is due to a list, earliest first, <paramref name="countMax"/> at most. They stay until <see cref="Told"/>.</summary>
    public void Collect(DateTimeOffset now, int countMax, List<(DateTimeOffset At, string AggregateId)> due)
    {
        foreach (var entry in _inOrder)
        {
            if (entry.At > now || due.Count >= countMax)
                return;
            due.Add(entry);
        }
    }

    /// <summary>The aggregate's command is in the log.</summary>
    public void Told(DateTimeOffset at, string aggregateId)
    {
        if (_inOrder.Remove((at, aggregateId)))
            _byAggregate[aggregateId] = new(at, IsTold: true);
    }

    private readonly record struct Entry(DateTimeOffset At, bool IsTold);

    private sealed class EarliestFirst : IComparer<(DateTimeOffset At, string AggregateId)>
    {
        public static EarliestFirst Instance { get; } = new();

        [SuppressMessage("Globalization", "CA1310", Justification = "It is ordinal.")]
        public int Compare((DateTimeOffset At, string AggregateId) x, (DateTimeOffset At, string AggregateId) y)
        {
            var byTime = x.At.CompareTo(y.At);
            return byTime != 0 ? byTime : string.CompareOrdinal(x.AggregateId, y.AggregateId);
        }
    }
}
