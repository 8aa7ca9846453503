namespace Streaming.Sinks.Sql.Generations;

/// <summary>A table that is compared.</summary>
/// <param name="Key">Columns that tell rows apart.</param>
/// <param name="Aggregate">The column with the aggregate's id.</param>
/// <param name="IsCurrent">A later event replaces a row; otherwise each event has one of its own.</param>
internal sealed record ComparedTable(string Name, IReadOnlyList<string> Key, string Aggregate, bool IsCurrent)
{
    public static readonly ComparedTable Audit = new("audit_log", ["topic", "partition", "record_offset"], "aggregate_id", IsCurrent: false);

    public static ComparedTable Of(string table, string key)
    {
        var columns = key.Split(", ");
        return new(table, columns, columns[0], columns.Length == 1);
    }
}
