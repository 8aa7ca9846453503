namespace Streaming.Commands.Duplicates;

/// <summary>Results in the order in which they came, each under a number, one more than the one before. The first can be forgotten, the last taken back.</summary>
/// <remarks>Their bytes lie one after another in a few large arrays: hundreds of thousands of small objects that live for a day would have the
/// garbage collector do more than the deciding takes (Benchmarks commands).</remarks>
internal sealed class RememberedResults
{
    private const int ChunkBytes = 256 * 1_024;     // A longer result has one to itself.

    private readonly Dictionary<int, byte[]> _chunks = [];
    private Entry[] _entries = new Entry[64];   // Number n stands at n modulo the length, a power of two.
    private byte[]? _spare;
    private int _chunk = -1;            // The newest.
    private int _chunkEnd;

    /// <summary>Number of the first that is remembered.</summary>
    public long First { get; private set; }

    /// <summary>Number that the next one gets.</summary>
    public long Next { get; private set; }

    public int HashOf(long number) => At(number).Hash;

    public long CommandMsOf(long number) => At(number).CommandMs;

    public CommandKey KeyOf(long number)
    {
        ref readonly var entry = ref At(number);
        var bytes = _chunks[entry.Chunk].AsSpan(entry.Offset);
        return new(bytes[..entry.AggregateIdBytes], bytes.Slice(entry.AggregateIdBytes, entry.CommandIdBytes));
    }

    public ReadOnlySpan<byte> ResultOf(long number)
    {
        ref readonly var entry = ref At(number);
        return _chunks[entry.Chunk].AsSpan(entry.Offset, entry.Bytes)[(entry.AggregateIdBytes + entry.CommandIdBytes)..];
    }

    /// <returns>Its number.</returns>
    public long Add(CommandKey key, ReadOnlySpan<byte> result, long commandMs)
    {
        if (Next - First == _entries.Length)
            Grow();
        var room = Room(key.AggregateId.Length + key.CommandId.Length + result.Length);
        key.AggregateId.CopyTo(room);
        key.CommandId.CopyTo(room[key.AggregateId.Length..]);
        result.CopyTo(room[^result.Length..]);
        At(Next) = new(commandMs, key.Hash(), _chunk, _chunkEnd - room.Length, key.AggregateId.Length, key.CommandId.Length, room.Length);
        return Next++;
    }

    public void ForgetFirst()
    {
        var chunk = At(First++).Chunk;
        if (First == Next)
            Clear();
        else if (At(First).Chunk != chunk)
            Free(chunk);
    }

    public void TakeBackLast()
    {
        var chunk = At(--Next).Chunk;
        if (First == Next)
        {
            Clear();
            return;
        }

        var last = At(Next - 1);
        if (last.Chunk != chunk)
            Free(chunk);
        (_chunk, _chunkEnd) = (last.Chunk, last.Offset + last.Bytes);
    }

    private Span<byte> Room(int size)
    {
        if (_chunk < 0 || _chunkEnd + size > _chunks[_chunk].Length)
        {
            _chunks.Add(++_chunk, size > ChunkBytes ? new byte[size] : _spare ?? new byte[ChunkBytes]);
            _spare = null;
            _chunkEnd = 0;
        }

        _chunkEnd += size;
        return _chunks[_chunk].AsSpan(_chunkEnd - size, size);
    }

    private void Clear()
    {
        Free(_chunk);
        _chunk = -1;
    }

    private void Free(int chunk)
    {
        if (_chunks.Remove(chunk, out var bytes) && bytes.Length == ChunkBytes)
            _spare = bytes;
    }

    private ref Entry At(long number) => ref _entries[number & (_entries.Length - 1)];

    private void Grow()
    {
        var larger = new Entry[_entries.Length * 2];
        for (var number = First; number < Next; number++)
            larger[number & (larger.Length - 1)] = At(number);
        _entries = larger;
    }

    private readonly record struct Entry(
        long CommandMs, int Hash, int Chunk, int Offset, int AggregateIdBytes, int CommandIdBytes, int Bytes);
}
