using System.Buffers.Binary;
using Streaming.Search.Segments;

namespace Streaming.Search.Store;

/// <summary>One change of an index as the translog has it, already decided: replaying it asks nothing.</summary>
/// <remarks>Layout: length and CRC-32C of what follows (4 bytes each, little-endian); kind (1), sequence (8), version (8), length of the id (2), id, source.</remarks>
internal readonly ref struct Operation(bool isDeletion, long sequence, long version, ReadOnlySpan<byte> id, ReadOnlySpan<byte> source)
{
    public const int HeaderBytes = 8;
    private const int FixedBytes = 19;
    private const int IdBytesMax = 512;

    public bool IsDeletion { get; } = isDeletion;
    public long Sequence { get; } = sequence;
    public long Version { get; } = version;
    public ReadOnlySpan<byte> Id { get; } = id;
    public ReadOnlySpan<byte> Source { get; } = source;

    public void Append(Growing<byte> into)
    {
        var start = into.Count;
        Span<byte> head = stackalloc byte[HeaderBytes + FixedBytes];
        head[HeaderBytes] = IsDeletion ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt64LittleEndian(head[(HeaderBytes + 1)..], Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(head[(HeaderBytes + 9)..], Version);
        BinaryPrimitives.WriteUInt16LittleEndian(head[(HeaderBytes + 17)..], (ushort)Id.Length);
        into.Add(head);
        into.Add(Id);
        into.Add(Source);
        var record = into.Items[start..];
        BinaryPrimitives.WriteInt32LittleEndian(record, record.Length - HeaderBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], Checksum.Of(record[HeaderBytes..]));
    }

    /// <param name="body">What follows the header; its checksum was compared.</param>
    public static bool TryRead(ReadOnlySpan<byte> body, out Operation operation)
    {
        operation = default;
        if (body.Length < FixedBytes || body[0] > 1)
            return false;
        var idLength = BinaryPrimitives.ReadUInt16LittleEndian(body[17..]);
        if (idLength > IdBytesMax || FixedBytes + idLength > body.Length)
            return false;
        operation = new Operation(
            body[0] == 1, BinaryPrimitives.ReadInt64LittleEndian(body[1..]), BinaryPrimitives.ReadInt64LittleEndian(body[9..]),
            body.Slice(FixedBytes, idLength), body[(FixedBytes + idLength)..]);
        return true;
    }
}
