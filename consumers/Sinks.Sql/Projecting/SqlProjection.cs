using Streaming.Sinks.Events;
using Streaming.Sinks.Sql.Tables;

namespace Streaming.Sinks.Sql.Projecting;

/// <summary>What a context's events make of a table.</summary>
public abstract class SqlProjection
{
    private protected SqlProjection()
    {
    }

    /// <summary>A table that keeps every version of its rows in <c>{table}_versions</c>: the past can be asked, and a reset to any offset finds its way back.</summary>
    /// <param name="project">Pure: the row before (null for none) and an event, to the row after (null for none any more).</param>
    public static SqlProjection Of<TRow>(SqlTable<TRow> table, Func<TRow?, RecordedEvent, TRow?> project)
        where TRow : class => new SqlProjection<TRow>(table, SqlHistory.Versions(table, table.Name + "_versions"), project);

    /// <summary>A table with a history of its own making.</summary>
    /// <param name="project">Pure: the row before (null for none) and an event, to the row after (null for none any more).</param>
    public static SqlProjection Of<TRow>(SqlTable<TRow> table, SqlHistory<TRow> history, Func<TRow?, RecordedEvent, TRow?> project)
        where TRow : class => new SqlProjection<TRow>(table, history, project);

    /// <summary>A table alone: half the writing. A reset to any offset then derives the whole partition again, and a second value under one key goes unnoticed.</summary>
    /// <param name="project">Pure: the row before (null for none) and an event, to the row after (null for none any more).</param>
    public static SqlProjection WithoutHistory<TRow>(SqlTable<TRow> table, Func<TRow?, RecordedEvent, TRow?> project)
        where TRow : class => new SqlProjection<TRow>(table, history: null, project);

    internal abstract BoundProjection Bind(string schema);
}

internal sealed class SqlProjection<TRow>(SqlTable<TRow> table, SqlHistory<TRow>? history, Func<TRow?, RecordedEvent, TRow?> project) : SqlProjection
    where TRow : class
{
    public SqlTable<TRow> Table => table;

    public SqlHistory<TRow>? History => history;

    public TRow? Project(TRow? before, RecordedEvent recorded) => project(before, recorded);

    internal override BoundProjection Bind(string schema) => new BoundProjection<TRow>(this, schema);
}
