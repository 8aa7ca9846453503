namespace Streaming.Lake.Parquet;

/// <summary>A node of a file's schema: a leaf with a physical type, or a group with children.</summary>
/// <param name="Physical">Null for a group.</param>
/// <param name="TypeLength">Bytes of a value of <see cref="PhysicalType.FixedLengthByteArray"/>; 0 otherwise.</param>
internal sealed record ParquetField(
    string Name, Repetition Repetition, PhysicalType? Physical, LogicalType Logical, int TypeLength, IReadOnlyList<ParquetField> Children)
{
    public static ParquetField Leaf(string name, bool isNullable, PhysicalType physical, LogicalType logical = default, int typeLength = 0) =>
        new(name, isNullable ? Repetition.Optional : Repetition.Required, physical, logical, typeLength, []);

    public static ParquetField Group(string name, bool isNullable, IReadOnlyList<ParquetField> children) =>
        new(name, isNullable ? Repetition.Optional : Repetition.Required, null, default, 0, children);

    /// <summary>In the three levels that the format asks for: <c>group name (LIST) { repeated group list { element } }</c>.</summary>
    public static ParquetField List(string name, bool isNullable, ParquetField element) =>
        Group(name, isNullable, [new("list", Repetition.Repeated, null, default, 0, [element with { Name = "element" }])]) with { Logical = new(LogicalKind.List) };
}
