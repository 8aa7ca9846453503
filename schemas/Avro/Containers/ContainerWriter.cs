using System.Security.Cryptography;
using Streaming.Avro.Generic;
using Streaming.Avro.Schema;
using Streaming.Shared;

namespace Streaming.Avro.Containers;

/// <summary>Writes an object container file (<c>.avro</c>): values are gathered into blocks, and each block is compressed. Dispose writes the last one.</summary>
/// <remarks>Source: Avro specification 1.12, "Object Container Files".</remarks>
public sealed class ContainerWriter : IDisposable
{
    private readonly Stream _stream;
    private readonly ContainerHeader _header;
    private readonly int _blockBytes;
    private readonly BoundedBuffer _block = new();
    private readonly BoundedBuffer _compressed = new();
    private long _count;

    private ContainerWriter(Stream stream, ContainerHeader header, int blockBytes) => (_stream, _header, _blockBytes) = (stream, header, blockBytes);

    /// <summary>Writes the header. The stream stays the caller's.</summary>
    /// <param name="metadata">Entries of the writer's own; keys that begin with <c>avro.</c> are Avro's.</param>
    /// <param name="blockBytes">Size of a block before compression: what a reader holds at a time.</param>
    /// <exception cref="ArgumentException">A key of the metadata is Avro's.</exception>
    public static ContainerWriter Create(
        Stream stream, AvroSchema schema, ContainerCodec codec = ContainerCodec.Deflate, IReadOnlyDictionary<string, byte[]>? metadata = null, int blockBytes = 64 * 1_024)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(blockBytes);
        if (metadata?.Keys.FirstOrDefault(ContainerHeader.IsReserved) is { } reserved)
            throw new ArgumentException($"{reserved} is Avro's own.", nameof(metadata));
        var header = new ContainerHeader(schema, codec, metadata ?? new Dictionary<string, byte[]>(), RandomNumberGenerator.GetBytes(ContainerHeader.SyncBytes));
        header.Write(stream);
        return new ContainerWriter(stream, header, blockBytes);
    }

    /// <summary>Adds a value, of the types that <see cref="GenericRecord"/> describes.</summary>
    /// <exception cref="ArgumentException">The value is not what the schema says.</exception>
    public void Write(object? value) => WriteEncoded(GenericEncoding.Encode(_header.Schema, value));

    /// <summary>Adds a record.</summary>
    /// <exception cref="ArgumentException">Its schema is not the file's.</exception>
    public void WriteRecord<T>(T record)
        where T : IAvroRecord
    {
        if (record.AvroSchema.CanonicalForm != _header.Schema.CanonicalForm)
            throw new ArgumentException($"A {record.AvroSchema.FullName} in a file of {_header.Schema.TypeName}.", nameof(record));
        WriteEncoded(AvroEncoding.EncodeToArray(record));
    }

    /// <summary>Adds a value in its binary encoding, which is not checked.</summary>
    public void WriteEncoded(ReadOnlySpan<byte> value)
    {
        _block.Write(value);
        _count++;
        if (_block.Length >= _blockBytes)
            Flush();
    }

    /// <summary>Ends the block, so that readers see all that was written.</summary>
    public void Flush()
    {
        if (_count > 0)
        {
            _compressed.Clear();
            BlockCodec.Compress(_header.Codec, _block.Written, _compressed);
            ContainerOutput.WriteLong(_stream, _count);
            ContainerOutput.WriteLong(_stream, _compressed.Length);
            _stream.Write(_compressed.Written);
            _stream.Write(_header.Sync);
            _block.Clear();
            _count = 0;
        }

        _stream.Flush();
    }

    public void Dispose()
    {
        Flush();
        _block.Dispose();
        _compressed.Dispose();
    }
}
