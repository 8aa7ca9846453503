using System.Runtime.CompilerServices;

namespace Streaming.Search.Segments;

/// <summary>A list whose memory is used again: cleared, it keeps its room.</summary>
internal sealed class Growing<T>(int capacity = 16)
    where T : unmanaged
{
    private T[] _items = new T[capacity];

    public int Count { get; private set; }

    public long RoomBytes => (long)_items.Length * Unsafe.SizeOf<T>();

    public Span<T> Items => _items.AsSpan(0, Count);

    public ref T this[int index] => ref _items[index];

    public void Add(T item)
    {
        if (Count == _items.Length)
            Array.Resize(ref _items, _items.Length * 2);
        _items[Count++] = item;
    }

    public void Add(ReadOnlySpan<T> items)
    {
        if (Count + items.Length > _items.Length)
            Array.Resize(ref _items, Math.Max(_items.Length * 2, Count + items.Length));
        items.CopyTo(_items.AsSpan(Count));
        Count += items.Length;
    }

    public void Clear() => Count = 0;
}
