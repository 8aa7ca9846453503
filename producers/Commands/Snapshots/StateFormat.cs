using Streaming.Avro;

namespace Streaming.Commands.Snapshots;

/// <summary>How a context's states are written as snapshots, and read back: two pure functions around one Avro record.</summary>
/// <remarks>
/// Fields with defaults may come and go, as everywhere. When a state comes to mean something else, its record gets a new full name, such as
/// <c>streaming.inventory.v2.StockState</c>: snapshots under the old name are then ignored, and the log is folded instead.
/// </remarks>
public sealed class StateFormat<TState>
{
    private readonly Func<TState, IAvroRecord> _toRecord;
    private readonly Func<IAvroRecord, TState> _fromRecord;

    private StateFormat(AvroRecordType record, Func<TState, IAvroRecord> toRecord, Func<IAvroRecord, TState> fromRecord) =>
        (Record, _toRecord, _fromRecord) = (record, toRecord, fromRecord);

    /// <summary>The record that states become.</summary>
    public AvroRecordType Record { get; }

    /// <param name="toRecord">The same bytes for equal states: what has no order of its own is sorted.</param>
    /// <param name="fromRecord">The state again. Throws <see cref="FormatException"/> for a record that no state becomes.</param>
    public static StateFormat<TState> Of<TRecord>(Func<TState, TRecord> toRecord, Func<TRecord, TState> fromRecord)
        where TRecord : class, IAvroRecord<TRecord> =>
        new(TRecord.RecordType, toRecord, record => fromRecord((TRecord)record));

    public IAvroRecord Write(TState state) => _toRecord(state);

    /// <exception cref="FormatException">It is another record, or one that no state becomes.</exception>
    public TState Read(IAvroRecord record) => record.GetType() == Record.ClrType
        ? _fromRecord(record)
        : throw new FormatException($"it is a {record.AvroSchema.FullName}, and states are {Record.FullName} here");
}
