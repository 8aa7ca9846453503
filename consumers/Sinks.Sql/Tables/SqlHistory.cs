using Streaming.Sinks.Events;
using Streaming.Sinks.Sql.Database;

namespace Streaming.Sinks.Sql.Tables;

/// <summary>What one event did to a row.</summary>
/// <param name="Before">Null where there was none.</param>
/// <param name="After">Null where there is none any more.</param>
public readonly record struct Change<TRow>(TRow? Before, RecordedEvent Recorded, TRow? After)
    where TRow : class;

/// <summary>A table with one row per event: what became of the state, by which the past is answered, and a reset finds its way back.</summary>
/// <remarks>Besides its own columns each row has the event's place and times: <c>sequence</c>, <c>event_type</c>, <c>occurred_at</c>, <c>recorded_at</c>,
/// <c>topic</c>, <c>partition</c>, <c>record_offset</c>, and <c>content_hash</c>, which tells a repeat from a contradiction.</remarks>
public abstract class SqlHistory<TRow>
    where TRow : class
{
    private protected SqlHistory(string name) => Name = SqlNames.Checked(name);

    public string Name { get; }

    internal abstract IReadOnlyList<(string Name, string Type)> Columns { get; }

    internal abstract void Append(CopyBuffer buffer, in Change<TRow> change);

    /// <summary>SQL for a column of the table in terms of the newest history row <c>h</c> that is left, and the table's row <c>t</c>.</summary>
    internal abstract string Restored(string column);

    /// <summary>SQL that is true of a history row after which there was no row; null when there always is.</summary>
    internal virtual string? Absent => null;
}

/// <summary>Begins histories.</summary>
public static class SqlHistory
{
    /// <summary>A history with columns of its own, such as deltas.</summary>
    /// <param name="entry">What a history row is made of.</param>
    public static HistoryColumns<TRow, TEntry> Of<TRow, TEntry>(string name, Func<Change<TRow>, TEntry> entry)
        where TRow : class => new(name, entry);

    /// <summary>Every version of every row, whole.</summary>
    public static SqlHistory<TRow> Versions<TRow>(SqlTable<TRow> table, string name)
        where TRow : class => new VersionHistory<TRow>(table, name);
}

/// <summary>A history that is being declared.</summary>
public sealed class HistoryColumns<TRow, TEntry> : Columns<TEntry, HistoryColumns<TRow, TEntry>>
    where TRow : class
{
    private readonly Dictionary<string, string> _restored = [];
    private readonly string _name;
    private readonly Func<Change<TRow>, TEntry> _entry;

    internal HistoryColumns(string name, Func<Change<TRow>, TEntry> entry) => (_name, _entry) = (name, entry);

    /// <summary>How a reset puts a column of the table back that the history lacks.</summary>
    /// <param name="sql">In terms of <c>h</c>, the newest history row that is left, and <c>t</c>, the table's row; <c>{history}</c> is the history itself.</param>
    public HistoryColumns<TRow, TEntry> Restore(string column, string sql)
    {
        _restored.Add(column, sql);
        return this;
    }

    public SqlHistory<TRow> End() => new EntryHistory<TRow, TEntry>(_name, [.. Declared], _entry, _restored);
}

internal sealed class EntryHistory<TRow, TEntry>(
    string name, IReadOnlyList<SqlColumn<TEntry>> columns, Func<Change<TRow>, TEntry> entryOf, IReadOnlyDictionary<string, string> restored)
    : SqlHistory<TRow>(name)
    where TRow : class
{
    internal override IReadOnlyList<(string Name, string Type)> Columns { get; } = [.. columns.Select(column => (column.Name, column.Type))];

    internal override void Append(CopyBuffer buffer, in Change<TRow> change)
    {
        var entry = entryOf(change);
        foreach (var column in columns)
            column.Append(buffer, entry);
    }

    internal override string Restored(string column) => restored.TryGetValue(column, out var sql) ? sql : $"h.{column}";
}

internal sealed class VersionHistory<TRow>(SqlTable<TRow> table, string name) : SqlHistory<TRow>(name)
    where TRow : class
{
    private const string AbsentColumn = "is_absent";

    internal override IReadOnlyList<(string Name, string Type)> Columns { get; } =
    [
        // Of a row that is not there, nothing is known.
        .. table.Columns.Select(column => (column.Name, column.Type.Replace(" NOT NULL", "", StringComparison.Ordinal))),
        (AbsentColumn, "boolean NOT NULL"),
    ];

    internal override string? Absent => $"h.{AbsentColumn}";

    internal override void Append(CopyBuffer buffer, in Change<TRow> change)
    {
        foreach (var column in table.Columns)
        {
            if (change.After is { } after)
                column.Append(buffer, after);
            else
                buffer.Null();
        }

        buffer.Boolean(change.After is null);
    }

    internal override string Restored(string column) => $"h.{column}";
}
