using System.Runtime.CompilerServices;
using Streaming.Avro.Binary;

namespace Streaming.Avro;

/// <summary>Records to bytes and back: the body alone, without schema id or any other frame around it.</summary>
public static class AvroEncoding
{
    private const int ScratchBytesFirst = 1_024;
    private const int ScratchBytesKept = 1 << 20;

    [ThreadStatic]
    private static byte[]? _scratch;

    /// <summary>Writes the record into the buffer; allocates nothing.</summary>
    /// <returns>How many bytes it took.</returns>
    /// <exception cref="ArgumentException">The buffer is too small, or a value is not what its schema allows.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Encode<T>(T record, Span<byte> buffer)
        where T : IAvroRecord =>
        TryEncode(record, buffer, out var written) ? written : throw TooSmall(record, buffer.Length);

    /// <summary>Writes the record into the buffer; false when the buffer is too small.</summary>
    // Inlined where the record's type is known, its encoder is called without a detour (Benchmarks avro); so is its decoder below.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryEncode<T>(T record, Span<byte> buffer, out int written)
        where T : IAvroRecord
    {
        var writer = new AvroWriter(buffer);
        record.Encode(ref writer);
        written = writer.Written;
        return !writer.IsOverflown;
    }

    /// <summary>The record in an array of its own, behind so many bytes left free for a frame. Allocates that array alone.</summary>
    public static byte[] EncodeToArray<T>(T record, int prefixBytes = 0)
        where T : IAvroRecord
    {
        var scratch = _scratch ??= new byte[ScratchBytesFirst];
        int written;
        while (!TryEncode(record, scratch, out written))
            scratch = Larger(scratch);

        var array = new byte[prefixBytes + written];
        scratch.AsSpan(0, written).CopyTo(array.AsSpan(prefixBytes));
        return array;
    }

    /// <summary>The record that the bytes hold, all of them.</summary>
    /// <exception cref="MalformedAvroException">The bytes are not what the schema says, or go on after the record.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Decode<T>(ReadOnlySpan<byte> bytes)
        where T : IAvroRecord<T>
    {
        var reader = new AvroReader(bytes);
        var record = T.Decode(ref reader);
        reader.ReadEnd();
        return record;
    }

    /// <summary>The record that the bytes hold, all of them, for who knows its type as a value only.</summary>
    /// <exception cref="MalformedAvroException">The bytes are not what the schema says, or go on after the record.</exception>
    public static IAvroRecord Decode(AvroRecordType type, ReadOnlySpan<byte> bytes)
    {
        var reader = new AvroReader(bytes);
        var record = type.Decode(ref reader);
        reader.ReadEnd();
        return record;
    }

    private static ArgumentException TooSmall(IAvroRecord record, int sizeBytes) =>
        new($"{record.AvroSchema.FullName} takes more than the {sizeBytes} bytes of the buffer.", nameof(record));

    // A thread keeps what its records usually take; one giant does not stay in memory for ever.
    private static byte[] Larger(byte[] scratch)
    {
        var larger = new byte[Math.Min(Array.MaxLength, scratch.Length * 4L)];
        if (larger.Length <= ScratchBytesKept)
            _scratch = larger;
        return larger.Length > scratch.Length ? larger : throw new InvalidOperationException($"A record takes more than {Array.MaxLength} bytes.");
    }
}
