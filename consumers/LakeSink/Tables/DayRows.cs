using System.Globalization;
using Streaming.Avro.Binary;
using Streaming.Avro.Schema;
using Streaming.Lake.Delta;
using Streaming.Lake.Parquet;
using Streaming.Lake.Parquet.Values;
using Streaming.Sinks.Events;

namespace Streaming.LakeSink.Tables;

/// <summary>Rows of one table and one day on their way into a file.</summary>
internal sealed class DayRows
{
    private const int GuidChars = 36;

    private readonly ParquetSchema _schema;
    private readonly List<ColumnValues> _columns;
    private readonly RecordSchema _record;
    private readonly List<FieldColumns> _fields;
    private readonly List<ColumnValues> _absent;
    private readonly BytesValues _aggregateId;
    private readonly FixedValues<long> _sequence;
    private readonly BytesValues _topic;
    private readonly FixedValues<int> _partition;
    private readonly FixedValues<long> _offset;
    private readonly BytesValues _eventId;
    private readonly BytesValues _causationId;
    private readonly FixedValues<long> _recordedAt;
    private readonly DateOnly _day;

    /// <param name="table">The table's schema; it has every field of the record.</param>
    public DayRows(StructType table, RecordSchema record, DateOnly day)
    {
        (_record, _day) = (record, day);
        _schema = TableColumns.InFiles(table, [EventSchemas.Date]);
        _columns = [.. _schema.Columns.Select(ColumnValues.Create)];
        var byName = _columns.ToDictionary(column => column.Column.Name);
        _fields = [.. record.Fields.Select(field => FieldColumns.Create(field.Schema, _schema.Fields.First(column => column.Name == field.Name), byName))];
        var gone = table.Fields.Where(field => !field.Name.StartsWith('_') && record.Find(field.Name) is null).Select(field => field.Name).ToHashSet();
        _absent = [.. _columns.Where(column => gone.Contains(column.Column.Path[0]))];
        T Lineage<T>(string name) => (T)(object)byName[name];
        (_aggregateId, _sequence) = (Lineage<BytesValues>(EventSchemas.AggregateId), Lineage<FixedValues<long>>(EventSchemas.Sequence));
        (_topic, _partition, _offset) = (Lineage<BytesValues>("_topic"), Lineage<FixedValues<int>>(EventSchemas.Partition), Lineage<FixedValues<long>>(EventSchemas.Offset));
        (_eventId, _causationId, _recordedAt) = (Lineage<BytesValues>("_event_id"), Lineage<BytesValues>("_causation_id"), Lineage<FixedValues<long>>("_recorded_at"));
    }

    public int Count { get; private set; }

    /// <exception cref="PoisonEventException">The event holds what its column cannot.</exception>
    public void Add(RecordedEvent recorded, ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new AvroReader(body);
            foreach (var field in _fields)
                field.Append(ref reader, 0, 0);
            reader.ReadEnd();
        }
        catch (Exception cause) when (cause is MalformedAvroException or ArgumentException or OverflowException)
        {
            throw new PoisonEventException(recorded.Offset, $"{recorded.Position} ({_record.FullName}) does not fit into its table: {cause.Message}", cause);
        }
        foreach (var column in _absent)
            column.AddNull();
        AddLineage(recorded);
        Count++;
    }

    public async Task<AddFile> SaveAsync(DeltaTable table, CancellationToken cancellationToken)
    {
        var file = new DataFileWriter(_schema, new Dictionary<string, string?> { [EventSchemas.Date] = _day.ToString("O", CultureInfo.InvariantCulture) });
        file.Add(_columns, Count);
        return await file.SaveAsync(table, dataChange: true, cancellationToken);
    }

    private void AddLineage(RecordedEvent recorded)
    {
        _aggregateId.Add(recorded.AggregateId);
        _sequence.Add(recorded.Sequence);
        _topic.Add(recorded.Topic);
        _partition.Add(recorded.Partition);
        _offset.Add(recorded.Offset);
        Span<byte> id = stackalloc byte[GuidChars];
        recorded.EventId.TryFormat(id, out _);
        _eventId.Add(id);
        if (recorded.CausationId is { } causation)
            _causationId.Add(causation);
        else
            _causationId.AddNull();
        _recordedAt.Add((recorded.RecordedAt.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond);
    }
}
