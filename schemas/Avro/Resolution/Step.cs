using Streaming.Avro.Binary;
using Streaming.Avro.Schema;

namespace Streaming.Avro.Resolution;

/// <summary>Reads a value of the writer's schema, and writes it as the reader's schema has it.</summary>
internal abstract class Step
{
    public abstract void Run(ref AvroReader reader, ref AvroWriter writer);
}

/// <summary>The bytes are the same, and a reader of either schema takes them or refuses them: those of one value, or of several that follow one another.</summary>
internal sealed class CopyStep(params IReadOnlyList<AvroSchema> schemas) : Step
{
    private readonly Passage _values = new(schemas);

    public IReadOnlyList<AvroSchema> Schemas { get; } = schemas;

    public override void Run(ref AvroReader reader, ref AvroWriter writer)
    {
        var start = reader.Position;
        _values.Run(ref reader);
        writer.WriteRaw(reader.Since(start));
    }
}

/// <summary>The reader doesn't want these values.</summary>
internal sealed class SkipStep(IReadOnlyList<AvroSchema> schemas) : Step
{
    private readonly Passage _values = new(schemas);

    public override void Run(ref AvroReader reader, ref AvroWriter writer) => _values.Run(ref reader);
}

/// <summary>The value was never written: its default comes in its place.</summary>
internal sealed class ConstantStep(byte[] bytes) : Step
{
    public byte[] Bytes { get; } = bytes;

    public override void Run(ref AvroReader reader, ref AvroWriter writer) => writer.WriteRaw(Bytes);
}

/// <summary>The value that was written has no counterpart.</summary>
internal sealed class FailStep(string reason) : Step
{
    public string Reason { get; } = reason;

    public override void Run(ref AvroReader reader, ref AvroWriter writer) => throw new UnresolvableSchemaException(Reason);
}

/// <summary>The same bytes too, but those of a number that an int holds.</summary>
internal sealed class IntToLongStep : Step
{
    public override void Run(ref AvroReader reader, ref AvroWriter writer) => writer.WriteLong(reader.ReadInt());
}

internal sealed class IntegerToFloatStep : Step
{
    public override void Run(ref AvroReader reader, ref AvroWriter writer) => writer.WriteFloat(reader.ReadLong());
}

internal sealed class IntegerToDoubleStep : Step
{
    public override void Run(ref AvroReader reader, ref AvroWriter writer) => writer.WriteDouble(reader.ReadLong());
}

internal sealed class FloatToDoubleStep : Step
{
    public override void Run(ref AvroReader reader, ref AvroWriter writer) => writer.WriteDouble(reader.ReadFloat());
}

/// <summary>The symbol's index in the reader's enum; its default for a symbol that it lacks.</summary>
internal sealed class EnumStep(EnumSchema written, EnumSchema read) : Step
{
    private const int None = -1;
    private readonly int[] _indexes = [.. written.Symbols.Select(symbol => read.IndexOf(symbol) is >= 0 and var index ? index : read.Default is { } other ? read.IndexOf(other) : None)];

    public override void Run(ref AvroReader reader, ref AvroWriter writer)
    {
        var symbol = reader.ReadEnumIndex(_indexes.Length);
        if (_indexes[symbol] == None)
            throw new UnresolvableSchemaException($"{read.FullName} has no symbol {written.Symbols[symbol]}, and no default.");
        writer.WriteInt(_indexes[symbol]);
    }
}

/// <summary>The writer's union: each branch has its own way into the reader's schema.</summary>
internal sealed class UnionStep(Step[] branches) : Step
{
    public override void Run(ref AvroReader reader, ref AvroWriter writer) => branches[reader.ReadUnionIndex(branches.Length)].Run(ref reader, ref writer);
}

/// <summary>The reader's union: the value becomes one of its branches.</summary>
internal sealed class BranchStep(int index, Step value) : Step
{
    public override void Run(ref AvroReader reader, ref AvroWriter writer)
    {
        writer.WriteUnionIndex(index);
        value.Run(ref reader, ref writer);
    }
}

/// <summary>Item by item.</summary>
internal sealed class ArrayStep(AvroSchema written, Step item) : Step
{
    private readonly int _itemBytesMin = SchemaShape.BytesMin(written);

    public override void Run(ref AvroReader reader, ref AvroWriter writer)
    {
        while (reader.ReadBlockCount(_itemBytesMin) is > 0 and var count)
        {
            writer.WriteBlockCount(count);
            for (; count > 0; count--)
                item.Run(ref reader, ref writer);
        }
        writer.WriteBlockEnd();
    }
}

/// <summary>Entry by entry.</summary>
internal sealed class MapStep(AvroSchema written, Step value) : Step
{
    private readonly int _entryBytesMin = SchemaShape.BytesMin(written) + 1;

    public override void Run(ref AvroReader reader, ref AvroWriter writer)
    {
        while (reader.ReadBlockCount(_entryBytesMin) is > 0 and var count)
        {
            writer.WriteBlockCount(count);
            for (; count > 0; count--)
            {
                writer.WriteBytes(reader.ReadBytes());
                value.Run(ref reader, ref writer);
            }
        }
        writer.WriteBlockEnd();
    }
}
