using System.Collections;

namespace Streaming.Avro;

/// <summary>Compares by content what .NET compares by reference (bytes, lists, maps), so that generated records are values through and through.</summary>
public static class AvroEquality
{
    public static bool Equal<T>(T left, T right) => (left, right) switch
    {
        (ReadOnlyMemory<byte> l, ReadOnlyMemory<byte> r) => l.Span.SequenceEqual(r.Span),
        (string l, string r) => l == r,
        (IDictionary l, IDictionary r) => l.Count == r.Count && l.Keys.Cast<object>().All(key => r.Contains(key) && Equal(l[key], r[key])),
        (IEnumerable l, IEnumerable r) => SequenceEqual(l.GetEnumerator(), r.GetEnumerator()),
        _ => EqualityComparer<T>.Default.Equals(left, right) || (typeof(T) == typeof(object) && Equals(left, right)),
    };

    public static int Hash<T>(T value)
    {
        var hash = new HashCode();
        switch (value)
        {
            case ReadOnlyMemory<byte> bytes:
                hash.AddBytes(bytes.Span);
                break;
            case string text:
                hash.Add(text);
                break;
            // Two maps with the same entries in another order are equal, so order must not count.
            case IDictionary entries:
                hash.Add(entries.Keys.Cast<object>().Sum(key => (long)HashCode.Combine(key, Hash(entries[key]))));
                break;
            case IEnumerable items:
                foreach (var item in items)
                    hash.Add(Hash(item));
                break;
            default:
                hash.Add(value);
                break;
        }
        return hash.ToHashCode();
    }

    private static bool SequenceEqual(IEnumerator left, IEnumerator right)
    {
        while (left.MoveNext())
        {
            if (!right.MoveNext() || !Equal(left.Current, right.Current))
                return false;
        }
        return !right.MoveNext();
    }
}
