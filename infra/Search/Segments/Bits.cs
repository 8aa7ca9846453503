using System.Numerics;

namespace Streaming.Search.Segments;

/// <summary>Sets of documents of one segment: bit n is document n.</summary>
internal static class Bits
{
    public static int Words(int count) => (count + 63) >> 6;

    public static ulong[] None(int count) => new ulong[Words(count)];

    public static ulong[] All(int count)
    {
        var bits = new ulong[Words(count)];
        bits.AsSpan().Fill(ulong.MaxValue);
        if ((count & 63) != 0)
            bits[^1] = (1UL << (count & 63)) - 1;
        return bits;
    }

    public static bool Has(ReadOnlySpan<ulong> bits, int document) => (bits[document >> 6] >> (document & 63) & 1) != 0;

    public static void Add(Span<ulong> bits, int document) => bits[document >> 6] |= 1UL << (document & 63);

    public static void Remove(Span<ulong> bits, int document) => bits[document >> 6] &= ~(1UL << (document & 63));

    public static int Count(ReadOnlySpan<ulong> bits)
    {
        var count = 0;
        foreach (var word in bits)
            count += BitOperations.PopCount(word);
        return count;
    }

    public static void Intersect(Span<ulong> bits, ReadOnlySpan<ulong> with)
    {
        for (var i = 0; i < bits.Length; i++)
            bits[i] &= with[i];
    }

    public static void Unite(Span<ulong> bits, ReadOnlySpan<ulong> with)
    {
        for (var i = 0; i < bits.Length; i++)
            bits[i] |= with[i];
    }

    public static void Subtract(Span<ulong> bits, ReadOnlySpan<ulong> what)
    {
        for (var i = 0; i < bits.Length; i++)
            bits[i] &= ~what[i];
    }

    public static BitWalk Walk(ulong[] bits) => new(bits);
}

/// <summary>The documents of a set, in rising order, for <c>foreach</c>.</summary>
internal ref struct BitWalk(ReadOnlySpan<ulong> bits)
{
    private readonly ReadOnlySpan<ulong> _bits = bits;
    private ulong _word;
    private int _next;

    public int Current { get; private set; }

    public readonly BitWalk GetEnumerator() => this;

    public bool MoveNext()
    {
        while (_word == 0)
        {
            if (_next == _bits.Length)
                return false;
            _word = _bits[_next++];
        }

        Current = ((_next - 1) << 6) + BitOperations.TrailingZeroCount(_word);
        _word &= _word - 1;
        return true;
    }
}
