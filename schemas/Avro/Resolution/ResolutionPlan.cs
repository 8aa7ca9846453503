using System.Buffers;
using System.Runtime.CompilerServices;
using Streaming.Avro.Binary;
using Streaming.Avro.Schema;

namespace Streaming.Avro.Resolution;

/// <summary>How data of one schema are read as another (specification, "Schema Resolution"), worked out once and used for every payload.</summary>
/// <remarks>Where both schemas have the same layout the plan is the identity and costs nothing. Where fields came, went or moved, the generated decoder reads them
/// by their <see cref="FieldOrder"/>. Where values change, the writer's bytes are rewritten as the reader's first. A plan is immutable: threads share it.</remarks>
public sealed class ResolutionPlan
{
    private const int ExtraBytesFirst = 256;

    private readonly Step _step;
    private readonly AvroSchema _reader;
    private readonly FieldOrder? _order;

    private ResolutionPlan(Step step, AvroSchema reader) => (_step, _reader, _order) = (step, reader, (step as RecordStep)?.Order);

    /// <summary>True when the writer's bytes are the reader's already.</summary>
    public bool IsIdentity => _step is CopyStep;

    /// <exception cref="UnresolvableSchemaException">No data of the writer's schema can be read as the reader's.</exception>
    public static ResolutionPlan Create(AvroSchema writer, AvroSchema reader)
    {
        try
        {
            return new(new Resolver().Resolve(writer, reader), reader);
        }
        catch (InsufficientExecutionStackException cause)
        {
            throw new UnresolvableSchemaException("The schemas' types refer to one another in a chain too long to be followed.", cause);
        }
    }

    /// <summary>The record that the writer's bytes hold, all of them. Its schema must be the plan's reader.</summary>
    /// <exception cref="MalformedAvroException">The bytes are not what the writer's schema says, or go on after the value.</exception>
    /// <exception cref="UnresolvableSchemaException">The value has no counterpart in the reader's schema, such as a symbol that its enum lacks.</exception>
    // Inlined where the record's type is known, its decoder is called without a detour (Benchmarks avro).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Decode<T>(ReadOnlySpan<byte> writerBytes)
        where T : IAvroRecord<T>
    {
        if (OrderFor(T.RecordType) is not { } order)
            return DecodeRewritten<T>(writerBytes);
        var reader = new AvroReader(writerBytes);
        var record = T.Decode(ref reader, order);
        reader.ReadEnd();
        return record;
    }

    /// <summary>The same, for who knows the record's type as a value only.</summary>
    public IAvroRecord Decode(AvroRecordType type, ReadOnlySpan<byte> writerBytes)
    {
        if (OrderFor(type) is not { } order)
            return DecodeRewritten(type, writerBytes);
        var reader = new AvroReader(writerBytes);
        var record = type.Decode(ref reader, order);
        reader.ReadEnd();
        return record;
    }

    /// <summary>The writer's bytes as the reader's, in an array of their own.</summary>
    /// <exception cref="MalformedAvroException">The bytes are not what the writer's schema says, or go on after the value.</exception>
    /// <exception cref="UnresolvableSchemaException">The value has no counterpart in the reader's schema.</exception>
    public byte[] Rewrite(ReadOnlySpan<byte> writerBytes)
    {
        var rented = Rewrite(writerBytes, out var written);
        var rewritten = rented.AsSpan(0, written).ToArray();
        ArrayPool<byte>.Shared.Return(rented);
        return rewritten;
    }

    /// <summary>Positions of fields mean nothing but to the record that has the schema.</summary>
    private FieldOrder? OrderFor(AvroRecordType type) => _order is not null && ReferenceEquals(type.Schema, _reader) ? _order : null;

    private T DecodeRewritten<T>(ReadOnlySpan<byte> writerBytes)
        where T : IAvroRecord<T>
    {
        if (IsIdentity)
            return AvroEncoding.Decode<T>(writerBytes);
        var rewritten = Rewrite(writerBytes, out var written);
        try
        {
            return AvroEncoding.Decode<T>(rewritten.AsSpan(0, written));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rewritten);
        }
    }

    private IAvroRecord DecodeRewritten(AvroRecordType type, ReadOnlySpan<byte> writerBytes)
    {
        if (IsIdentity)
            return AvroEncoding.Decode(type, writerBytes);
        var rewritten = Rewrite(writerBytes, out var written);
        try
        {
            return AvroEncoding.Decode(type, rewritten.AsSpan(0, written));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rewritten);
        }
    }

    /// <summary>Rewrites into an array from the shared pool, which the caller returns.</summary>
    private byte[] Rewrite(ReadOnlySpan<byte> writerBytes, out int written)
    {
        for (var sizeBytes = writerBytes.Length + ExtraBytesFirst; ; sizeBytes *= 4)
        {
            var rented = ArrayPool<byte>.Shared.Rent(sizeBytes);
            try
            {
                if (TryRewrite(writerBytes, rented, out written))
                    return rented;
            }
            catch
            {
                ArrayPool<byte>.Shared.Return(rented);
                throw;
            }
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private bool TryRewrite(ReadOnlySpan<byte> writerBytes, Span<byte> buffer, out int written)
    {
        var reader = new AvroReader(writerBytes);
        var writer = new AvroWriter(buffer);
        _step.Run(ref reader, ref writer);
        reader.ReadEnd();
        written = writer.Written;
        return !writer.IsOverflown;
    }
}
