using Streaming.Avro.Binary;
using Streaming.Avro.Generic;
using Streaming.Avro.Resolution;
using Streaming.Avro.Schema;
using Streaming.Shared;

namespace Streaming.Avro.Containers;

/// <summary>Reads an object container file (<c>.avro</c>) from its beginning to its end. Trusts nothing of it; holds one block at a time.</summary>
/// <remarks>Source: Avro specification 1.12, "Object Container Files".</remarks>
public sealed class ContainerReader
{
    private readonly ContainerInput _input;
    private readonly ContainerHeader _header;
    private readonly int _blockBytesMax;

    private ContainerReader(ContainerInput input, ContainerHeader header, int blockBytesMax) => (_input, _header, _blockBytesMax) = (input, header, blockBytesMax);

    /// <summary>Which the values were written with.</summary>
    public AvroSchema Schema => _header.Schema;

    public ContainerCodec Codec => _header.Codec;

    /// <summary>What the writer added of its own.</summary>
    public IReadOnlyDictionary<string, byte[]> Metadata => _header.Metadata;

    /// <summary>Sixteen bytes that follow every block of this file.</summary>
    public ReadOnlyMemory<byte> SyncMarker => _header.Sync;

    /// <summary>Reads the header. The stream stays the caller's.</summary>
    /// <param name="blockBytesMax">Largest block, as it lies in the file and decompressed: a larger one is taken for an attack.</param>
    /// <exception cref="MalformedContainerException">The stream is no container file.</exception>
    public static ContainerReader Open(Stream stream, int blockBytesMax = 64 * 1_024 * 1_024)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(blockBytesMax);
        var input = new ContainerInput(stream);
        return new ContainerReader(input, ContainerHeader.Read(input), blockBytesMax);
    }

    /// <summary>The values from here on, as <see cref="GenericRecord"/> describes them.</summary>
    /// <exception cref="MalformedContainerException">The file is damaged; what was returned before stands.</exception>
    public IEnumerable<object?> ReadValues() => Read(static (schema, bytes) =>
    {
        var reader = new AvroReader(bytes);
        return (GenericReader.Read(schema, ref reader), reader.Position);
    });

    /// <summary>The binary encoding of each value from here on.</summary>
    /// <exception cref="MalformedContainerException">The file is damaged; what was returned before stands.</exception>
    public IEnumerable<byte[]> ReadEncoded() => Read(static (schema, bytes) =>
    {
        var reader = new AvroReader(bytes);
        GenericReader.Read(schema, ref reader);
        return (bytes[..reader.Position].ToArray(), reader.Position);
    });

    /// <summary>The records from here on, resolved to today's schema of their type.</summary>
    /// <exception cref="UnresolvableSchemaException">The file's schema cannot become the type's.</exception>
    /// <exception cref="MalformedContainerException">The file is damaged; what was returned before stands.</exception>
    public IEnumerable<T> ReadRecords<T>()
        where T : IAvroRecord<T>
    {
        var plan = ResolutionPlan.Create(Schema, T.RecordType.Schema);
        return ReadEncoded().Select(bytes => plan.Decode<T>(bytes));
    }

    private IEnumerable<T> Read<T>(ReadValue<T> readValue)
    {
        while (!_input.IsAtEnd(out var first))
        {
            var at = _input.Position - 1;
            var count = _input.ReadLong(first, "a block's count");
            using var block = ReadBlock(at, count);
            if (block.Length == 0 && count > AvroLimits.EmptyItemsMax)
                throw new MalformedContainerException($"The block at byte {at} announces {count} values without a byte; up to {AvroLimits.EmptyItemsMax} are taken.");
            var position = 0;
            for (var i = 0L; i < count; i++)
                yield return ReadOne(readValue, block, at, ref position);
            if (position != block.Length)
                throw new MalformedContainerException($"In the block at byte {at} {block.Length - position} bytes are left after its {count} values.");
        }
    }

    private BoundedBuffer ReadBlock(long at, long count)
    {
        var sizeBytes = _input.ReadLong("a block's size");
        if (count < 0 || sizeBytes < 0 || sizeBytes > _blockBytesMax)
            throw new MalformedContainerException($"The block at byte {at} announces {count} values in {sizeBytes} bytes; up to {_blockBytesMax} are taken.");
        var compressed = _input.ReadBytes((int)sizeBytes, "a block");
        if (!_input.ReadBytes(ContainerHeader.SyncBytes, "a sync marker").AsSpan().SequenceEqual(_header.Sync))
            throw new MalformedContainerException($"Behind the block at byte {at} the sync marker is wrong.");

        var block = new BoundedBuffer(_blockBytesMax);
        try
        {
            BlockCodec.Decompress(Codec, compressed, block);
            return block;
        }
        catch (CorruptRecordsException cause)
        {
            block.Dispose();
            throw new MalformedContainerException($"The block at byte {at} cannot be decompressed: {cause.Message}", cause);
        }
    }

    private T ReadOne<T>(ReadValue<T> readValue, BoundedBuffer block, long at, ref int position)
    {
        try
        {
            var (value, sizeBytes) = readValue(Schema, block.Written[position..]);
            position += sizeBytes;
            return value;
        }
        catch (MalformedAvroException cause)
        {
            throw new MalformedContainerException($"In the block at byte {at}, value at byte {position}: {cause.Message}", cause);
        }
    }

    private delegate (T Value, int SizeBytes) ReadValue<T>(AvroSchema schema, ReadOnlySpan<byte> bytes);
}
