using System.Collections.Immutable;

namespace Streaming.Domain;

/// <summary>Compares immutable dictionaries by what is in them, which they don't do themselves.</summary>
internal static class Content
{
    public static bool Equals<TKey, TValue>(ImmutableDictionary<TKey, TValue> one, ImmutableDictionary<TKey, TValue> other)
        where TKey : notnull
        where TValue : IEquatable<TValue> =>
        ReferenceEquals(one, other)
        || (one.Count == other.Count && one.All(entry => other.TryGetValue(entry.Key, out var value) && value.Equals(entry.Value)));

    /// <summary>The same in whatever order the entries come.</summary>
    public static int GetHashCode<TKey, TValue>(ImmutableDictionary<TKey, TValue> of)
        where TKey : notnull
        where TValue : IEquatable<TValue> => of.Aggregate(of.Count, (hash, entry) => hash ^ HashCode.Combine(entry.Key, entry.Value));
}
