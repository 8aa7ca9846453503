using Npgsql;
using Streaming.Sinks.Events;
using Streaming.Sinks.Sql.Database;
using Streaming.Sinks.Sql.Tables;

namespace Streaming.Sinks.Sql.Projecting;

/// <summary>One batch folded over the rows before it, in memory; and what it writes. Used again for the next batch.</summary>
internal abstract class ProjectionFold
{
    /// <param name="batch">Says what may be missing between events.</param>
    public abstract void Begin(EventBatch batch);

    /// <summary>The rows that the batch may change: two result sets for <see cref="ReadBeforeAsync"/>.</summary>
    /// <param name="known">Aggregates that may have a row.</param>
    /// <param name="all">Those, and others that begin with this batch.</param>
    public abstract void AddSelects(NpgsqlBatch load, string[] known, string[] all);

    /// <summary>Reads on behind the result that the reader is at.</summary>
    public abstract Task ReadBeforeAsync(NpgsqlDataReader reader, CancellationToken cancellationToken);

    /// <returns>Whether the event is new; false when its sequence was applied before.</returns>
    /// <exception cref="PoisonEventException">The event leaves a gap, or holds what PostgreSQL cannot store.</exception>
    public abstract bool Add(RecordedEvent recorded, DateTimeOffset occurredAt);

    /// <exception cref="PoisonEventException">An event says something else than the one that was applied under its key.</exception>
    public abstract Task CheckRepeatsAsync(NpgsqlConnection connection, CancellationToken cancellationToken);

    /// <summary>Sends what is only added: history, and rows that were not there.</summary>
    public abstract Task CopyAsync(NpgsqlConnection connection, RowOrigin origin, CancellationToken cancellationToken);

    /// <summary>Adds the statements that change rows.</summary>
    public abstract void AddChanges(NpgsqlBatch save, RowOrigin origin);
}

/// <summary>What all rows of a batch have in common.</summary>
internal readonly record struct RowOrigin(string Topic, int Partition, int Epoch);

/// <inheritdoc/>
internal sealed class ProjectionFold<TRow>(BoundProjection<TRow> bound) : ProjectionFold
    where TRow : class
{
    // COPY has a price of two round trips; a few rows are cheaper as parameters.
    private const int CopiedRowsMin = 64;

    private readonly CopyBuffer _historyRows = new();
    private readonly CopyBuffer _tableRows = new();
    private readonly Dictionary<string, Standing<TRow>> _standing = [];
    private readonly List<Standing<TRow>> _changed = [];
    private readonly List<RecordedEvent> _added = [];
    private readonly List<RecordedEvent> _repeated = [];
    private readonly List<Standing<TRow>> _new = [];
    private EventBatch? _batch;

    public override void Begin(EventBatch batch)
    {
        _batch = batch;
        _standing.Clear();
        _changed.Clear();
        _added.Clear();
        _repeated.Clear();
        _historyRows.Begin();
        _tableRows.Begin();
    }

    public override void AddSelects(NpgsqlBatch load, string[] known, string[] all)
    {
        load.BatchCommands.Add(bound.Table.SelectBefore(known));
        load.BatchCommands.Add(AbsentRows.SelectBefore(bound.Schema, bound.Projection.Table.Name, all));
    }

    public override async Task ReadBeforeAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        await reader.NextResultAsync(cancellationToken);
        await bound.Table.ReadAsync(reader, _standing, cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        await AbsentRows.ReadAsync(reader, _standing, cancellationToken);
    }

    public override bool Add(RecordedEvent recorded, DateTimeOffset occurredAt)
    {
        if (!_standing.TryGetValue(recorded.AggregateId, out var standing))
            _standing.Add(recorded.AggregateId, standing = new(recorded.AggregateId));
        switch (_batch!.Judge(recorded, standing.Version, standing.Offset))
        {
            case SequenceVerdict.Gap:
                throw SequenceRule.Gap(recorded, standing.Version);
            case SequenceVerdict.Repeated:
                _repeated.Add(recorded);
                return false;
        }

        var before = standing.Row;
        standing.Row = bound.Projection.Project(before, recorded);
        (standing.Version, standing.Offset, standing.RecordedAt) = (recorded.Sequence, recorded.Offset, recorded.RecordedAt);
        if (!standing.IsChanged)
        {
            standing.IsChanged = true;
            _changed.Add(standing);
        }

        _added.Add(recorded);
        try
        {
            if (bound.History is not null)
                bound.History.Append(_historyRows, new Change<TRow>(before, recorded, standing.Row), occurredAt);
        }
        catch (UnstorableTextException cause)
        {
            throw new PoisonEventException(recorded.Offset, cause.Message, cause);
        }

        return true;
    }

    public override Task CheckRepeatsAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        bound.History?.CheckRepeatsAsync(connection, _repeated, _added, cancellationToken) ?? Task.CompletedTask;

    public override async Task CopyAsync(NpgsqlConnection connection, RowOrigin origin, CancellationToken cancellationToken)
    {
        if (_historyRows.RowCount > 0)
            await _historyRows.SendAsync(connection, bound.History!.Copy, cancellationToken);

        _new.Clear();
        _new.AddRange(_changed.Where(standing => standing is { Row: not null, IsInTable: false }));
        if (_new.Count < CopiedRowsMin)
            return;
        // The checkpoint is locked: nobody else can have added them meanwhile.
        foreach (var standing in _new)
            AppendRow(standing, origin);
        await _tableRows.SendAsync(connection, bound.Table.Copy, cancellationToken);
        _new.Clear();
    }

    public override void AddChanges(NpgsqlBatch save, RowOrigin origin)
    {
        if (_new.Count > 0)
        {
            CheckTexts(_new, origin);
            save.BatchCommands.Add(bound.Table.Insert(_new, origin));
        }

        var changed = _changed.FindAll(standing => standing is { Row: not null, IsInTable: true });
        if (changed.Count > 0)
        {
            CheckTexts(changed, origin);
            save.BatchCommands.Add(bound.Table.Update(changed, origin));
        }

        var gone = _changed.FindAll(standing => standing.Row is null);
        if (gone.Count > 0)
        {
            save.BatchCommands.Add(bound.Table.Erase([.. gone.Where(standing => standing.IsInTable).Select(standing => standing.Key)]));
            save.BatchCommands.Add(AbsentRows.Note(bound.Schema, bound.Projection.Table.Name, gone, origin.Topic, origin.Partition, origin.Epoch));
        }

        var back = _changed.FindAll(standing => standing is { Row: not null, IsNotedAbsent: true });
        if (back.Count > 0)
            save.BatchCommands.Add(AbsentRows.Erase(bound.Schema, bound.Projection.Table.Name, [.. back.Select(standing => standing.Key)]));
    }

    // A history has met every text already; without one, nobody has.
    private void CheckTexts(List<Standing<TRow>> rows, RowOrigin origin)
    {
        if (bound.History is not null)
            return;
        _tableRows.Begin();
        foreach (var standing in rows)
            AppendRow(standing, origin);
    }

    private void AppendRow(Standing<TRow> standing, RowOrigin origin)
    {
        try
        {
            bound.Table.Append(_tableRows, standing, origin.Topic, origin.Partition, origin.Epoch);
        }
        catch (UnstorableTextException cause)
        {
            throw new PoisonEventException(standing.Offset, cause.Message, cause);
        }
    }
}
