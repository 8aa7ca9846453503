using Streaming.Sinks.Events;
using Streaming.Sinks.Sql.Database;
using Streaming.Sinks.Sql.Tables;

namespace Streaming.Sinks.Sql.Projecting;

/// <summary>Folds events over rows in memory, and puts the rows into the form in which they would be sent.</summary>
internal abstract class ProjectionRehearsal
{
    /// <exception cref="PoisonEventException">A row would hold what PostgreSQL cannot store.</exception>
    public abstract void Try(RecordedEvent recorded, DateTimeOffset occurredAt);
}

/// <inheritdoc/>
internal sealed class ProjectionRehearsal<TRow>(BoundProjection<TRow> bound) : ProjectionRehearsal
    where TRow : class
{
    private readonly Dictionary<string, TRow> _rows = [];
    private readonly CopyBuffer _sent = new();

    public override void Try(RecordedEvent recorded, DateTimeOffset occurredAt)
    {
        var before = _rows.GetValueOrDefault(recorded.AggregateId);
        var after = bound.Projection.Project(before, recorded);
        if (after is null)
            _rows.Remove(recorded.AggregateId);
        else
            _rows[recorded.AggregateId] = after;
        try
        {
            _sent.Begin();
            bound.History?.Append(_sent, new Change<TRow>(before, recorded, after), occurredAt);
            if (after is not null)
                bound.Table.Append(_sent, Standing(recorded, after), recorded.Topic, recorded.Partition, epoch: 1);
        }
        catch (UnstorableTextException cause)
        {
            throw new PoisonEventException(recorded.Offset, cause.Message, cause);
        }
    }

    private static Standing<TRow> Standing(RecordedEvent recorded, TRow row) =>
        new(recorded.AggregateId) { Row = row, Version = recorded.Sequence, Offset = recorded.Offset, RecordedAt = recorded.RecordedAt };
}
