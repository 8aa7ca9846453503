using Streaming.Avro.Schema;
using Streaming.Lake.Delta;
using Streaming.Sinks.Events;

namespace Streaming.LakeSink.Tables;

/// <summary>What a batch has for one table: rows by day, since a day is a folder of its own.</summary>
/// <param name="complete">How far the table said it is complete when the rows were chosen.</param>
/// <param name="schema">Of the table; null where there is none yet.</param>
/// <param name="isMissing">Whether the table lacks the event at an offset.</param>
/// <param name="isStillMissing">What must hold of the table when they are committed, beside its position.</param>
internal sealed class TableRows(EventTable table, long? complete, StructType? schema, Func<long, bool> isMissing, Func<Snapshot, bool>? isStillMissing = null)
{
    private readonly Dictionary<(RecordSchema Record, DateOnly Day), DayRows> _days = [];

    public EventTable Table => table;

    public long? Complete => complete;

    public Func<Snapshot, bool> IsStillMissing { get; } = isStillMissing ?? (_ => true);

    /// <summary>Of the table, once it holds these rows.</summary>
    public StructType? Schema { get; private set; } = schema;

    public IReadOnlyCollection<DayRows> Days => _days.Values;

    /// <summary>Makes room for a record's fields.</summary>
    /// <exception cref="IncompatibleTableException">They contradict the columns that are there.</exception>
    public void Widen(RecordSchema record)
    {
        var wanted = EventSchemas.Of(record);
        Schema = Schema is null ? wanted : SchemaEvolution.Merge(Schema, wanted);
    }

    public void Add(RecordedEvent recorded)
    {
        if (!isMissing(recorded.Offset))
            return;
        var key = (recorded.Record.AvroSchema, DateOnly.FromDateTime(recorded.RecordedAt.UtcDateTime));
        if (!_days.TryGetValue(key, out var rows))
            _days[key] = rows = new DayRows(Schema!, key.AvroSchema, key.Item2);
        rows.Add(recorded, NewestBody.Of(recorded));
    }
}
