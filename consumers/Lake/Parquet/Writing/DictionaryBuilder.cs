using System.Numerics;
using System.Runtime.InteropServices;
using Streaming.Lake.Parquet.Values;

namespace Streaming.Lake.Parquet.Writing;

/// <summary>Finds the distinct values of a chunk, and for each value its index among them; gives up where they repeat too seldom.</summary>
internal sealed class DictionaryBuilder
{
    private const int EntriesMax = 1 << 16;
    private const int BytesMax = 1 << 20;
    private const int SampleSize = 1_024;

    private int[] _slots = new int[1 << 12];
    private readonly List<int> _distinct = [];
    private int[] _indices = [];

    /// <summary>Of each value of the chunk.</summary>
    public ReadOnlySpan<int> Indices(int count) => _indices.AsSpan(0, count);

    /// <summary>Positions of the distinct values within the chunk, in the order of their indices.</summary>
    public IReadOnlyList<int> Distinct => _distinct;

    /// <summary>How many bits an index takes.</summary>
    public int BitWidth => 32 - BitOperations.LeadingZeroCount((uint)Math.Max(0, _distinct.Count - 1));

    public bool TryBuild(ColumnValues values) => values switch
    {
        FixedValues<int> numbers => TryBuild(new Numbers<int>(numbers), numbers.ValueCount),
        FixedValues<long> numbers => TryBuild(new Numbers<long>(numbers), numbers.ValueCount),
        BytesValues bytes when bytes.Column.Physical != PhysicalType.Int96 => TryBuild(new Bytes(bytes), bytes.ValueCount),
        _ => false,
    };

    private interface IKeys
    {
        uint Hash(int index);

        bool Equal(int left, int right);

        int SizeBytes(int index);
    }

    private bool TryBuild<TKeys>(TKeys keys, int count)
        where TKeys : struct, IKeys
    {
        if (count < 2)
            return false;
        _distinct.Clear();
        Array.Clear(_slots);
        if (_indices.Length < count)
            _indices = new int[Math.Max(count, 2 * _indices.Length)];
        var sizeBytes = 0L;
        for (var i = 0; i < count; i++)
        {
            var slot = Find(keys, i);
            if (_slots[slot] == 0)
            {
                if (_distinct.Count == EntriesMax || (sizeBytes += keys.SizeBytes(i)) > BytesMax)
                    return false;
                _distinct.Add(i);
                _slots[slot] = _distinct.Count;
                _indices[i] = _distinct.Count - 1;
                if (_distinct.Count * 2 > _slots.Length)
                    Widen(keys);
                continue;
            }
            _indices[i] = _slots[slot] - 1;
            if (i == SampleSize && _distinct.Count > SampleSize / 2)
                return false;
        }
        return _distinct.Count <= count / 2;
    }

    /// <summary>The slot of the value, or the empty one that it is to get.</summary>
    private int Find<TKeys>(TKeys keys, int index)
        where TKeys : struct, IKeys
    {
        var mask = _slots.Length - 1;
        var slot = (int)keys.Hash(index) & mask;
        while (_slots[slot] != 0 && !keys.Equal(index, _distinct[_slots[slot] - 1]))
            slot = (slot + 1) & mask;
        return slot;
    }

    private void Widen<TKeys>(TKeys keys)
        where TKeys : struct, IKeys
    {
        _slots = new int[_slots.Length * 4];
        for (var i = 0; i < _distinct.Count; i++)
            _slots[Find(keys, _distinct[i])] = i + 1;
    }

    private readonly struct Numbers<T>(FixedValues<T> values) : IKeys
        where T : unmanaged, IBinaryInteger<T>
    {
        public uint Hash(int index) => (uint)((ulong.CreateTruncating(values.Values[index]) * 0x9E3779B97F4A7C15) >> 32);

        public bool Equal(int left, int right) => values.Values[left] == values.Values[right];

        public int SizeBytes(int index) => Marshal.SizeOf<T>();
    }

    private readonly struct Bytes(BytesValues values) : IKeys
    {
        public uint Hash(int index)
        {
            var rest = values[index];
            var hash = (ulong)rest.Length;
            for (; rest.Length >= sizeof(ulong); rest = rest[sizeof(ulong)..])
                hash = Mix(hash ^ MemoryMarshal.Read<ulong>(rest));
            foreach (var next in rest)
                hash = (hash * 31) + next;
            return (uint)(Mix(hash) >> 32);
        }

        public bool Equal(int left, int right) => values[left].SequenceEqual(values[right]);

        public int SizeBytes(int index) => values[index].Length + sizeof(int);

        private static ulong Mix(ulong value) => BitOperations.RotateLeft(value * 0x9E3779B97F4A7C15, 29) * 0xBF58476D1CE4E5B9;
    }
}
