using Npgsql;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Sql.Database;

namespace Streaming.Sinks.Sql.Projecting;

/// <summary>A projection in one schema: its statements, written once.</summary>
internal abstract class BoundProjection
{
    /// <summary>Tables in the schema that it writes, with the columns that tell their rows apart.</summary>
    public abstract IReadOnlyList<(string Table, string Key)> Tables { get; }

    /// <summary>Whether a reset to any offset finds the rows as they stood there.</summary>
    public abstract bool HasHistory { get; }

    /// <summary>A fold for one batch at a time; its buffers are used again for the next.</summary>
    public abstract ProjectionFold CreateFold();

    /// <summary>The same over rows in memory alone, for a dry run.</summary>
    public abstract ProjectionRehearsal CreateRehearsal();

    /// <summary>Makes the tables that no migration has made, and compares the others with what was declared.</summary>
    /// <exception cref="SchemaMismatchException">A column is missing, or of another type.</exception>
    public abstract Task EnsureAsync(NpgsqlConnection connection, CancellationToken cancellationToken);

    /// <summary>Takes the tables back to how they stood before an offset of a partition, so that everything from there on can be derived again.</summary>
    public abstract Task RewindAsync(NpgsqlConnection connection, Rewinding rewinding, CancellationToken cancellationToken);

    /// <summary>Removes what the audit log has of aggregates, found by their history; null without one.</summary>
    public abstract NpgsqlBatchCommand? EraseAudit(string[] ids);

    /// <summary>Removes aggregates from all its tables.</summary>
    public abstract IEnumerable<NpgsqlBatchCommand> Erase(string[] ids);
}

/// <param name="FromOffset">The first that goes.</param>
/// <param name="Epoch">The one that begins.</param>
/// <param name="IsAudited">The audit log knows all events from there on, and is still whole.</param>
internal readonly record struct Rewinding(SourcePartition Source, long FromOffset, int Epoch, bool IsAudited);

/// <inheritdoc/>
internal sealed class BoundProjection<TRow>(SqlProjection<TRow> projection, string schema) : BoundProjection
    where TRow : class
{
    public SqlProjection<TRow> Projection => projection;

    public string Schema => schema;

    public TableStatements<TRow> Table { get; } = new(projection.Table, schema);

    public HistoryStatements<TRow>? History { get; } = projection.History is { } history ? new(projection.Table, history, schema) : null;

    public override bool HasHistory => History is not null;

    public override IReadOnlyList<(string Table, string Key)> Tables => History is null
        ? [(projection.Table.Name, projection.Table.Key)]
        : [(projection.Table.Name, projection.Table.Key), (projection.History!.Name, $"{projection.Table.Key}, sequence")];

    public override ProjectionFold CreateFold() => new ProjectionFold<TRow>(this);

    public override ProjectionRehearsal CreateRehearsal() => new ProjectionRehearsal<TRow>(this);

    public override async Task EnsureAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await DeclaredTable.EnsureAsync(
            connection, schema, projection.Table.Name, Table.Create,
            [.. projection.Table.Columns.Select(column => (column.Name, column.Type))], cancellationToken);
        if (History is not null)
        {
            await DeclaredTable.EnsureAsync(
                connection, schema, projection.History!.Name, History.Create, [.. History.DeclaredColumns], cancellationToken);
        }
    }

    public override async Task RewindAsync(NpgsqlConnection connection, Rewinding rewinding, CancellationToken cancellationToken)
    {
        var statements = History is not null ? History.Rewind(rewinding) : Table.Empty(rewinding.Source);
        foreach (var statement in statements)
        {
            await using var batch = new NpgsqlBatch(connection) { Timeout = 0, BatchCommands = { statement } };   // As long as the history is.
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    public override NpgsqlBatchCommand? EraseAudit(string[] ids) => History?.EraseAudit(ids);

    public override IEnumerable<NpgsqlBatchCommand> Erase(string[] ids)
    {
        if (History is not null)
            yield return History.Erase(ids);
        yield return Table.Erase(ids);
        yield return AbsentRows.Erase(schema, projection.Table.Name, ids);
    }
}
