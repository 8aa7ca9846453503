using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Streaming.Broker.Wire;

/// <summary>
/// Writes Kafka primitives (big-endian) into a growing pooled buffer. The mirror of <see cref="WireReader"/>:
/// strings, bytes and arrays take the encoding of the message at hand.
/// </summary>
/// <remarks>
/// Record batches are not copied: <see cref="WriteRecords(ReadOnlyMemory{byte})"/> notes where their memory belongs, and <see cref="Parts"/> hands out buffer and memory
/// in order, for gathering sends: one, unless there is more than should be in memory at a time. One writer lives as long as its connection.
/// </remarks>
internal sealed class WireWriter : IDisposable
{
    private const int InitialBytes = 1_024;
    private const int KeptBytesMax = 64 * 1_024;
    private const int ReasonLengthMax = 1_000;

    private readonly List<(int Position, ReadOnlyMemory<byte> Bytes, IDeferredBytes? Deferred)> _attachments = [];
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(InitialBytes);
    private int _position;
    private int _attachedBytes;

    /// <summary>Version of the API that the message is in.</summary>
    public short Version { get; private set; }

    public bool IsFlexible { get; private set; }

    /// <summary>Bytes written so far, attached memory included.</summary>
    public int Length => _position + _attachedBytes;

    /// <summary>What was written, for messages without attachments.</summary>
    public ReadOnlyMemory<byte> Written => _attachments.Count == 0
        ? _buffer.AsMemory(0, _position)
        : throw new InvalidOperationException("Attached records are not in the buffer; take Parts.");

    /// <summary>Starts a new message.</summary>
    public void Reset(short version, bool isFlexible)
    {
        (Version, IsFlexible, _position, _attachedBytes) = (version, isFlexible, 0, 0);
        _attachments.Clear();
        if (_buffer.Length <= KeptBytesMax)
            return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = ArrayPool<byte>.Shared.Rent(InitialBytes);
    }

    public void WriteBoolean(bool value) => Reserve(1)[0] = value ? (byte)1 : (byte)0;

    public void WriteInt8(sbyte value) => Reserve(1)[0] = (byte)value;

    public void WriteInt16(short value) => BinaryPrimitives.WriteInt16BigEndian(Reserve(sizeof(short)), value);

    public void WriteErrorCode(ErrorCode error) => WriteInt16((short)error);

    public void WriteInt32(int value) => BinaryPrimitives.WriteInt32BigEndian(Reserve(sizeof(int)), value);

    public void WriteInt64(long value) => BinaryPrimitives.WriteInt64BigEndian(Reserve(sizeof(long)), value);

    public void WriteDouble(double value) => BinaryPrimitives.WriteDoubleBigEndian(Reserve(sizeof(double)), value);

    public void WriteUuid(Guid value) => value.TryWriteBytes(Reserve(16), bigEndian: true, out _);

    public void WriteUnsignedVarint(uint value)
    {
        for (; value >= 0x80; value >>= 7)
            Reserve(1)[0] = (byte)(value | 0x80);
        Reserve(1)[0] = (byte)value;
    }

    /// <summary>A zigzag varint, as records use them.</summary>
    public void WriteVarint(int value) => WriteUnsignedVarint((uint)(value << 1 ^ value >> 31));

    /// <summary>A zigzag varlong, as records use them.</summary>
    public void WriteVarlong(long value)
    {
        var raw = (ulong)(value << 1 ^ value >> 63);
        for (; raw >= 0x80; raw >>= 7)
            Reserve(1)[0] = (byte)(raw | 0x80);
        Reserve(1)[0] = (byte)raw;
    }

    public void WriteString(string value) => WriteNullableString(value);

    public void WriteNullableString(string? value)
    {
        var sizeBytes = value is null ? -1 : Encoding.UTF8.GetByteCount(value);
        if (sizeBytes > WireReader.TextBytesMax)
            throw new MalformedFrameException($"A string of {sizeBytes} bytes; {WireReader.TextBytesMax} at most can be told.");
        if (IsFlexible)
            WriteUnsignedVarint((uint)(sizeBytes + 1));
        else
            WriteInt16((short)sizeBytes);
        if (value is not null)
            Encoding.UTF8.GetBytes(value, Reserve(sizeBytes));
    }

    /// <summary>Why something is refused, for people to read. It may quote what they sent, and so is cut to 1 000 characters.</summary>
    public void WriteReason(string? reason) => WriteNullableString(reason is { Length: > ReasonLengthMax } ? reason[..ReasonLengthMax] : reason);

    public void WriteBytes(ReadOnlyMemory<byte> value) => WriteNullableBytes(value);

    public void WriteNullableBytes(ReadOnlyMemory<byte>? value)
    {
        WriteBytesLength(value?.Length ?? -1);
        if (value is { } bytes)
            WriteRaw(bytes.Span);
    }

    /// <summary>Record batches: length, then the memory itself, which must stay as it is until the message was sent.</summary>
    public void WriteRecords(ReadOnlyMemory<byte> records)
    {
        WriteBytesLength(records.Length);
        if (records.Length == 0)
            return;
        Attach(records.Length, records, deferred: null);
    }

    /// <summary>Record batches: length, then what they are made of while the message is sent.</summary>
    public void WriteRecords(IDeferredBytes records)
    {
        WriteBytesLength(records.SizeBytes);
        Attach(records.SizeBytes, ReadOnlyMemory<byte>.Empty, records);
    }

    /// <summary>Bytes as they are, without a length.</summary>
    public void WriteRaw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    public void WriteArray<T>(IReadOnlyList<T> elements, Action<WireWriter, T> writeElement) => WriteNullableArray(elements, writeElement);

    public void WriteNullableArray<T>(IReadOnlyList<T>? elements, Action<WireWriter, T> writeElement)
    {
        var count = elements?.Count ?? -1;
        if (IsFlexible)
            WriteUnsignedVarint((uint)(count + 1));
        else
            WriteInt32(count);
        for (var i = 0; i < count; i++)
            writeElement(this, elements![i]);
    }

    public void WriteInt32Array(IReadOnlyList<int> values) => WriteArray(values, static (w, value) => w.WriteInt32(value));

    public void WriteStringArray(IReadOnlyList<string> values) => WriteArray(values, static (w, value) => w.WriteString(value));

    /// <summary>No tagged fields. Does nothing in a message that is not flexible.</summary>
    public void WriteEmptyTags()
    {
        if (IsFlexible)
            WriteUnsignedVarint(0);
    }

    /// <summary>Tagged fields, by rising tag, each as its tag, its length and its content. For flexible messages.</summary>
    public void WriteTags(params ReadOnlySpan<(uint Tag, Action<WireWriter> Write)> fields)
    {
        WriteUnsignedVarint((uint)fields.Length);
        using var content = new WireWriter();
        foreach (var (tag, write) in fields)
        {
            content.Reset(Version, IsFlexible);
            write(content);
            WriteUnsignedVarint(tag);
            WriteUnsignedVarint((uint)content.Length);
            WriteRaw(content.Written.Span);
        }
    }

    /// <summary>Overwrites four bytes written earlier, for lengths known only at the end.</summary>
    public void PatchInt32(int position, int value) => BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(position, sizeof(int)), value);

    /// <summary>The whole message in order: pieces of the buffer and what was attached between them. A part is to be sent before the next is asked for. Once only, where records are deferred.</summary>
    /// <exception cref="IOException">As <see cref="IDeferredBytes.Next"/>.</exception>
    public IEnumerable<IReadOnlyList<ReadOnlyMemory<byte>>> Parts()
    {
        var part = new List<ReadOnlyMemory<byte>>(2 * _attachments.Count + 1);
        var done = 0;
        foreach (var (position, bytes, deferred) in _attachments)
        {
            part.Add(_buffer.AsMemory(done, position - done));
            done = position;
            if (deferred is null)
                part.Add(bytes);
            while (deferred?.Next() is { Length: > 0 } piece)
            {
                part.Add(piece);
                yield return part;
                part.Clear();
            }
        }

        if (done < _position)
            part.Add(_buffer.AsMemory(done, _position - done));
        if (part.Count > 0)
            yield return part;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private void Attach(int sizeBytes, ReadOnlyMemory<byte> bytes, IDeferredBytes? deferred)
    {
        _attachments.Add((_position, bytes, deferred));
        _attachedBytes = checked(_attachedBytes + sizeBytes);
    }

    private void WriteBytesLength(int sizeBytes)
    {
        if (IsFlexible)
            WriteUnsignedVarint((uint)(sizeBytes + 1));
        else
            WriteInt32(sizeBytes);
    }

    private Span<byte> Reserve(int sizeBytes)
    {
        if (_buffer.Length - _position < sizeBytes)
            Grow(sizeBytes);
        var reserved = _buffer.AsSpan(_position, sizeBytes);
        _position += sizeBytes;
        return reserved;
    }

    private void Grow(int sizeBytes)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, checked(_position + sizeBytes)));
        _buffer.AsSpan(0, _position).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
