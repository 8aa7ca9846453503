namespace Streaming.Broker.Log.Compaction;

/// <summary>The newest offset of each key, in memory of a fixed size: open addressing over hashes of the keys, which are not kept.</summary>
/// <remarks>Filled to three quarters at most, so that a look-up touches few entries.</remarks>
internal sealed class OffsetMap
{
    /// <summary>What one key costs, free entries included.</summary>
    public const int BytesPerKey = 32;

    private readonly Entry[] _entries;
    private readonly int _keysMax;

    /// <param name="keysMax">Most keys it takes, at least 1.</param>
    public OffsetMap(int keysMax)
    {
        _keysMax = keysMax;
        _entries = new Entry[(int)Math.Min(keysMax + ((long)keysMax / 3) + 1, Array.MaxLength)];
    }

    public int Count { get; private set; }

    /// <summary>A map for so many records at most, within a budget of memory.</summary>
    public static OffsetMap For(long records, long bytesMax) => new((int)Math.Clamp(Math.Min(records, bytesMax / BytesPerKey), 1, int.MaxValue / 2));

    /// <summary>Notes the offset of a key's record, which must be newer than those noted before. False: the key is new, and the map is full.</summary>
    public bool TryPut(KeyHash key, long offset)
    {
        ref var entry = ref Slot(key);
        if (entry.NextOffset == 0)
        {
            if (Count == _keysMax)
                return false;
            Count++;
            entry.Key = key;
        }

        entry.NextOffset = offset + 1;
        return true;
    }

    /// <summary>The newest offset of the key; null when it was not noted.</summary>
    public long? Find(KeyHash key) => Slot(key).NextOffset is var next and > 0 ? next - 1 : null;

    private ref Entry Slot(KeyHash key)
    {
        var index = (int)Math.BigMul(key.High, (ulong)_entries.Length, out _);
        while (_entries[index].NextOffset != 0 && _entries[index].Key != key)
            index = index + 1 == _entries.Length ? 0 : index + 1;
        return ref _entries[index];
    }

    // Zeroed memory is an empty entry, hence the offset after the record's.
    private struct Entry
    {
        public KeyHash Key;
        public long NextOffset;
    }
}
