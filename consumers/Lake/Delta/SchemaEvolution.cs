namespace Streaming.Lake.Delta;

/// <summary>How a table's schema follows that of its rows: columns are added, nullable, and nothing else changes.</summary>
internal static class SchemaEvolution
{
    /// <summary>The schema that holds both the table's rows and those to come; the table's own where it holds them already.</summary>
    /// <exception cref="IncompatibleTableException">There is none: a column's type changed, or one that is never null has gone.</exception>
    public static StructType Merge(StructType table, StructType rows) => Merge(table, rows, "");

    private static StructType Merge(StructType table, StructType rows, string path)
    {
        var fields = new List<DeltaField>();
        foreach (var field in table.Fields)
        {
            var wanted = rows.Find(field.Name);
            if (wanted is null && !field.IsNullable)
                throw new IncompatibleTableException($"Column {path}{field.Name} of the table is never null, and the new rows don't have it. {WhatToDo}");
            if (wanted is { IsNullable: true } && !field.IsNullable)
                throw new IncompatibleTableException($"Column {path}{field.Name} of the table is never null, and may be in the new rows. {WhatToDo}");
            fields.Add(wanted is null ? field : field with { Type = Merge(field.Type, wanted.Type, path + field.Name) });
        }

        // Names that differ in case alone are one column for most readers.
        foreach (var added in rows.Fields.Where(field => table.Find(field.Name) is null))
        {
            if (table.Fields.FirstOrDefault(field => field.Name.Equals(added.Name, StringComparison.OrdinalIgnoreCase)) is { } twin)
                throw new IncompatibleTableException($"Column {path}{added.Name} differs from {twin.Name} of the table in case alone. {WhatToDo}");
            fields.Add(added with { IsNullable = true });
        }
        return new(fields);
    }

    private static DeltaType Merge(DeltaType table, DeltaType rows, string path) => (table, rows) switch
    {
        (StructType left, StructType right) => Merge(left, right, path + "."),
        (ArrayType left, ArrayType right) when left.ContainsNull || !right.ContainsNull => left with { Element = Merge(left.Element, right.Element, path + ".element") },
        _ when table == rows => table,
        _ => throw new IncompatibleTableException($"Column {path} of the table is {table}, the new rows' is {rows}. {WhatToDo}"),
    };

    private const string WhatToDo = "Such a change needs a new generation of the lake (Lake:Generation), filled from the log.";
}
