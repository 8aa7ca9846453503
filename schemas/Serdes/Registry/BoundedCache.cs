using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Streaming.Serdes.Registry;

/// <summary>Remembers what never changes, up to a bound.</summary>
/// <remarks>When full it forgets everything: more than the bound means that somebody walks the registry, and the few in use are soon asked again.</remarks>
internal sealed class BoundedCache<TKey, TValue>(int countMax)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, TValue> _values = new();
    private int _count;

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value) => _values.TryGetValue(key, out value);

    public TValue Add(TKey key, TValue value)
    {
        // Counted here because ConcurrentDictionary.Count takes all its locks.
        if (_values.TryAdd(key, value) && Interlocked.Increment(ref _count) > countMax)
        {
            _values.Clear();
            Interlocked.Exchange(ref _count, 0);
        }
        return value;
    }
}
