namespace Streaming.Search.Segments;

/// <summary>The different terms of a field while its segment is built, each with a number in the order in which it came.</summary>
internal sealed class TermTable
{
    private const int SlotsMin = 64;

    private readonly Growing<byte> _bytes = new(1_024);
    private readonly Growing<int> _ends = new();
    private readonly Growing<uint> _hashes = new();
    private int[] _slots = new int[SlotsMin];   // Number + 1; 0 is free.

    public int Count => _ends.Count;

    public long RoomBytes => _bytes.RoomBytes + _ends.RoomBytes + _hashes.RoomBytes + ((long)_slots.Length * sizeof(int));

    public ReadOnlySpan<byte> this[int number]
    {
        get
        {
            var start = number == 0 ? 0 : _ends[number - 1];
            return _bytes.Items[start.._ends[number]];
        }
    }

    public uint HashOf(int number) => _hashes[number];

    public int Find(ReadOnlySpan<byte> term, uint hash)
    {
        for (var slot = hash & (uint)(_slots.Length - 1); ; slot = (slot + 1) & (uint)(_slots.Length - 1))
        {
            var number = _slots[slot] - 1;
            if (number < 0 || (_hashes[number] == hash && this[number].SequenceEqual(term)))
                return number;
        }
    }

    public int FindOrAdd(ReadOnlySpan<byte> term, uint hash)
    {
        var found = Find(term, hash);
        if (found >= 0)
            return found;
        _bytes.Add(term);
        _ends.Add(_bytes.Count);
        _hashes.Add(hash);
        if (_ends.Count * 2 > _slots.Length)
            Rehash(_slots.Length * 2);
        else
            Place(_slots, _ends.Count - 1, hash);
        return _ends.Count - 1;
    }

    /// <summary>Numbers by rising term, compared as bytes.</summary>
    public int[] Sorted()
    {
        var sorted = new int[Count];
        for (var i = 0; i < sorted.Length; i++)
            sorted[i] = i;
        sorted.AsSpan().Sort((left, right) => this[left].SequenceCompareTo(this[right]));
        return sorted;
    }

    public void Clear()
    {
        _bytes.Clear();
        _ends.Clear();
        _hashes.Clear();
        _slots.AsSpan().Clear();
    }

    private void Rehash(int slotCount)
    {
        _slots = new int[slotCount];
        for (var number = 0; number < _ends.Count; number++)
            Place(_slots, number, _hashes[number]);
    }

    private static void Place(int[] slots, int number, uint hash)
    {
        var slot = hash & (uint)(slots.Length - 1);
        while (slots[slot] != 0)
            slot = (slot + 1) & (uint)(slots.Length - 1);
        slots[slot] = number + 1;
    }
}
