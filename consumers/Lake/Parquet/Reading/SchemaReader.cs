using Streaming.Lake.Parquet.Thrift;

namespace Streaming.Lake.Parquet.Reading;

/// <summary>Reads a schema: a tree, written as a list of its nodes, each before its children.</summary>
internal static class SchemaReader
{
    private const int DepthMax = 32;
    private const int TypeLengthMax = 1 << 20;

    public static ParquetSchema Read(ref CompactReader reader)
    {
        var count = reader.ReadList(out var elements);
        if (count == 0 || elements != CompactType.Struct)
            throw new MalformedParquetException($"A schema of {count} elements of {elements}.");
        var nodes = new Node[count];
        for (var i = 0; i < count; i++)
            nodes[i] = ReadNode(ref reader);
        var next = 1;
        var fields = ReadChildren(nodes, nodes[0].ChildCount, ref next, depth: 1);
        return next == count ? new(fields) : throw new MalformedParquetException($"A schema of {count} elements, of which {next} belong to its tree.");
    }

    private sealed record Node(string Name, PhysicalType? Physical, int TypeLength, Repetition Repetition, int ChildCount, int? Converted, int Scale, int Precision, LogicalType? Logical);

    private static List<ParquetField> ReadChildren(Node[] nodes, int count, ref int next, int depth)
    {
        if (depth > DepthMax)
            throw new MalformedParquetException($"A schema of more than {DepthMax} levels.");
        if (count < 0 || count > nodes.Length - next)
            throw new MalformedParquetException($"A group of {count} fields where {nodes.Length - next} are left.");
        var fields = new List<ParquetField>(count);
        for (var i = 0; i < count; i++)
        {
            // A child before may have taken what this one needs.
            if (next >= nodes.Length)
                throw new MalformedParquetException("A schema that ends within a group.");
            var node = nodes[next++];
            Check(node);
            var children = node.Physical is null ? ReadChildren(nodes, node.ChildCount, ref next, depth + 1) : [];
            fields.Add(new(node.Name, node.Repetition, node.Physical, Meaning(node), node.TypeLength, children));
        }
        return fields;
    }

    private static void Check(Node node)
    {
        if (node.Repetition is < Repetition.Required or > Repetition.Repeated)
            throw new MalformedParquetException($"{node.Name} is neither required, nor optional, nor repeated.");
        if (node.Physical is < PhysicalType.Boolean or > PhysicalType.FixedLengthByteArray)
            throw new MalformedParquetException($"{node.Name} is of type {node.Physical}, which there is not.");
        if (node.Physical == PhysicalType.FixedLengthByteArray && node.TypeLength is <= 0 or > TypeLengthMax)
            throw new MalformedParquetException($"{node.Name} has values of {node.TypeLength} bytes.");
    }

    private static LogicalType Meaning(Node node) =>
        node.Logical is { Kind: not LogicalKind.Other } logical ? logical
        : node.Converted is { } converted ? LogicalTypes.FromConverted(converted, node.Precision, node.Scale)
        : node.Logical ?? default;

    private static Node ReadNode(ref CompactReader reader)
    {
        var node = new Node("", null, 0, Repetition.Required, 0, null, 0, 0, null);
        for (var field = 0; reader.ReadField(ref field, out var type);)
        {
            switch (field, type)
            {
                case (1, CompactType.Int32): node = node with { Physical = (PhysicalType)reader.ReadInt() }; break;
                case (2, CompactType.Int32): node = node with { TypeLength = reader.ReadInt() }; break;
                case (3, CompactType.Int32): node = node with { Repetition = (Repetition)reader.ReadInt() }; break;
                case (4, CompactType.Binary): node = node with { Name = reader.ReadText() }; break;
                case (5, CompactType.Int32): node = node with { ChildCount = reader.ReadInt() }; break;
                case (6, CompactType.Int32): node = node with { Converted = reader.ReadInt() }; break;
                case (7, CompactType.Int32): node = node with { Scale = reader.ReadInt() }; break;
                case (8, CompactType.Int32): node = node with { Precision = reader.ReadInt() }; break;
                case (10, CompactType.Struct): node = node with { Logical = LogicalTypes.Read(ref reader) }; break;
                default: reader.Skip(type); break;
            }
        }
        return node;
    }
}
