namespace Streaming.Lake.Parquet;

/// <summary>A file's columns: its fields, and the leaves among them, whose values lie together.</summary>
internal sealed class ParquetSchema
{
    public ParquetSchema(IReadOnlyList<ParquetField> fields)
    {
        Fields = fields;
        var columns = new List<ParquetColumn>();
        foreach (var field in fields)
            Collect(field, [], 0, 0, columns);
        Columns = columns;
    }

    public IReadOnlyList<ParquetField> Fields { get; }

    /// <summary>The leaves, in the order in which their chunks lie in a file.</summary>
    public IReadOnlyList<ParquetColumn> Columns { get; }

    private static void Collect(ParquetField field, IReadOnlyList<string> above, int definition, int repetition, List<ParquetColumn> columns)
    {
        IReadOnlyList<string> path = [.. above, field.Name];
        definition += field.Repetition == Repetition.Required ? 0 : 1;
        repetition += field.Repetition == Repetition.Repeated ? 1 : 0;
        if (field.Physical is { } physical)
            columns.Add(new ParquetColumn(columns.Count, field, physical, path, definition, repetition));
        foreach (var child in field.Children)
            Collect(child, path, definition, repetition, columns);
    }
}

/// <summary>A leaf with its place in the schema.</summary>
/// <param name="MaxDefinition">How many of the fields on its path may be absent: an entry of that level has a value.</param>
/// <param name="MaxRepetition">How many of the fields on its path are repeated; an entry of repetition level 0 begins a row.</param>
internal sealed record ParquetColumn(int Index, ParquetField Field, PhysicalType Physical, IReadOnlyList<string> Path, int MaxDefinition, int MaxRepetition)
{
    public string Name => string.Join('.', Path);
}
