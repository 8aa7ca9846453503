using System.Collections.Immutable;
using Streaming.Contracts;

namespace Streaming.Domain.Accounts;

/// <summary>One movement of money.</summary>
/// <param name="Number">Its place among the account's entries, from 1.</param>
/// <param name="Amount">Money that came in, or went out when negative.</param>
/// <param name="CapturedFor">The order it paid for; null for other movements.</param>
/// <param name="IsReversed">A later entry took it back, which is done once.</param>
public sealed record Entry(long Number, decimal Amount, OrderId? CapturedFor, bool IsReversed);

/// <summary>An account's newest entries, which can be reversed. Compares by content.</summary>
/// <remarks>Bounded: an account lives long, and its state is restored and copied as a whole.</remarks>
public sealed class Entries : IEquatable<Entries>
{
    /// <summary>How many of the newest entries are kept.</summary>
    public const int KeptMax = 1000;

    public static readonly Entries None = new(0, ImmutableDictionary<long, Entry>.Empty, ImmutableDictionary<OrderId, long>.Empty);

    private readonly ImmutableDictionary<long, Entry> _kept;
    private readonly ImmutableDictionary<OrderId, long> _captures;

    private Entries(long count, ImmutableDictionary<long, Entry> kept, ImmutableDictionary<OrderId, long> captures) =>
        (Count, _kept, _captures) = (count, kept, captures);

    /// <summary>How many there have ever been: the newest one's number.</summary>
    public long Count { get; }

    /// <summary>Number of the oldest one that is kept; one more than <see cref="Count"/> when there is none.</summary>
    public long Oldest => Math.Max(1, Count - KeptMax + 1);

    /// <summary>Those that are kept, oldest first.</summary>
    public IEnumerable<Entry> Kept => _kept.Values.OrderBy(entry => entry.Number);

    /// <summary>Null when it never was, or is not kept any more.</summary>
    public Entry? Find(long number) => _kept.GetValueOrDefault(number);

    /// <summary>The newest entry that paid for this order; null when none did, or it is not kept any more.</summary>
    public Entry? CaptureOf(OrderId order) => _captures.TryGetValue(order, out var number) ? _kept[number] : null;

    /// <summary>The same as they were when <see cref="Count"/> and <see cref="Kept"/> were read.</summary>
    public static Entries Restore(long count, IEnumerable<Entry> kept)
    {
        var byNumber = kept.ToImmutableDictionary(entry => entry.Number);
        return new(count, byNumber, byNumber.Values
            .Where(entry => entry.CapturedFor is not null)
            .GroupBy(entry => entry.CapturedFor!.Value, entry => entry.Number)
            .ToImmutableDictionary(numbers => numbers.Key, numbers => numbers.Max()));
    }

    /// <summary>The same with one more, and without the one that is too old then.</summary>
    public Entries Add(Entry newest)
    {
        var entries = new Entries(newest.Number, _kept, _captures);
        return (Find(newest.Number - KeptMax) is { } tooOld ? entries.Without(tooOld) : entries).With(newest);
    }

    /// <summary>The same with this one taken back; just the same when it is not kept.</summary>
    public Entries Reverse(long number) => Find(number) is { } entry ? With(entry with { IsReversed = true }) : this;

    public bool Equals(Entries? other) =>
        other is not null && Count == other.Count && Content.Equals(_kept, other._kept);

    public override bool Equals(object? obj) => Equals(obj as Entries);

    public override int GetHashCode() => Count.GetHashCode();

    private Entries With(Entry entry) => new(
        Count,
        _kept.SetItem(entry.Number, entry),
        entry.CapturedFor is { } order && _captures.GetValueOrDefault(order) <= entry.Number ? _captures.SetItem(order, entry.Number) : _captures);

    private Entries Without(Entry entry) => new(
        Count,
        _kept.Remove(entry.Number),
        entry.CapturedFor is { } order && _captures.GetValueOrDefault(order) == entry.Number ? _captures.Remove(order) : _captures);
}
