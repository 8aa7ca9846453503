using Streaming.Avro.Schema;
using Streaming.Lake.Delta;
using Streaming.Sinks.DryRuns;
using Streaming.Sinks.Events;

namespace Streaming.LakeSink.Tables;

/// <summary>What the sink can do without its store: tables' schemas merged, and rows put into columns.</summary>
internal sealed class RowRehearsal : IRehearsal
{
    private const int RowsMax = 1_000;

    private readonly Dictionary<string, StructType> _tables = [];
    private readonly Dictionary<RecordSchema, DayRows> _rows = [];

    public string Scope => "Each was put into the columns of its table in memory. The lake was neither read nor written: whether its tables' columns agree with those of today was not tried.";

    public Task TryAsync(RecordedEvent recorded, SinkMode mode, CancellationToken cancellationToken)
    {
        var record = recorded.Record.AvroSchema;
        if (!_rows.Remove(record, out var rows) || rows.Count >= RowsMax)
            rows = new DayRows(Widened(record), record, DateOnly.FromDateTime(recorded.RecordedAt.UtcDateTime));
        rows.Add(recorded, NewestBody.Of(recorded));
        _rows[record] = rows;   // Not after a failure: a part of the row is in it.
        return Task.CompletedTask;
    }

    private StructType Widened(RecordSchema record)
    {
        var (name, wanted) = (EventSchemas.TableOf(record), EventSchemas.Of(record));
        return _tables[name] = _tables.TryGetValue(name, out var known) ? SchemaEvolution.Merge(known, wanted) : wanted;
    }
}
