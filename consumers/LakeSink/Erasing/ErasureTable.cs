using Streaming.Lake.Delta;
using Streaming.Lake.Parquet.Values;
using Streaming.Lake.Storage;
using Streaming.Sinks.Erasing;
using Streaming.Sinks.Positions;

namespace Streaming.LakeSink.Erasing;

/// <summary>The table <c>erasures</c>: what was erased, and why. Written when it is done, so that what is not in it is done again.</summary>
internal sealed class ErasureTable(ITableStore store, string root, TimeProvider time, int checkpointEvery) : IDisposable
{
    public const string Name = "erasures";

    private static readonly StructType _schema = new(
    [
        new("aggregate_id", DeltaType.Text, IsNullable: false),
        new("last_sequence", DeltaType.Long, IsNullable: false, "Its events were those from 1 to this."),
        new("reason", DeltaType.Text, IsNullable: false),
        new("erased_at", DeltaType.Timestamp, IsNullable: false),
        new("_topic", DeltaType.Text, IsNullable: false),
        new("_partition", DeltaType.Int, IsNullable: false),
    ]);

    private readonly DeltaTable _table = new(store, $"{root}/{Name}", time, checkpointEvery);

    public DeltaTable Table => _table;

    /// <summary>Aggregates of the partition whose rows are gone.</summary>
    public async Task<HashSet<string>> DoneAsync(SourcePartition source, CancellationToken cancellationToken)
    {
        var files = await _table.LookAsync(snapshot => snapshot.Files.ToList(), isNewest: true, cancellationToken);
        var schema = TableColumns.InFiles(_schema, []);
        var done = new HashSet<string>();
        foreach (var file in files)
        {
            var reader = await DataFileReader.OpenAsync(_table, file, schema, cancellationToken);
            for (var group = 0; group < reader.RowGroupCount; group++)
                Collect(reader, group, source, done);
        }
        return done;
    }

    public async Task AddAsync(SourcePartition source, IReadOnlyList<Erasure> erasures, CancellationToken cancellationToken)
    {
        var file = new DataFileWriter(TableColumns.InFiles(_schema, []), new Dictionary<string, string?>());
        var columns = TableColumns.InFiles(_schema, []).Columns.Select(ColumnValues.Create).ToList();
        foreach (var erasure in erasures)
        {
            ((BytesValues)columns[0]).Add(erasure.AggregateId);
            ((FixedValues<long>)columns[1]).Add(erasure.LastSequence);
            ((BytesValues)columns[2]).Add(erasure.Reason);
            ((FixedValues<long>)columns[3]).Add((erasure.ErasedAt.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond);
            ((BytesValues)columns[4]).Add(source.Topic);
            ((FixedValues<int>)columns[5]).Add(source.Partition);
        }
        file.Add(columns, erasures.Count);
        var added = await file.SaveAsync(_table, dataChange: true, cancellationToken);
        await _table.CommitAsync(
            "WRITE",
            snapshot => snapshot.Exists
                ? [added]
                : [Protocol.Plain, new TableMetadata(Guid.NewGuid().ToString(), _schema, [], new Dictionary<string, string>(), time.GetUtcNow().ToUnixTimeMilliseconds(), Name), added],
            cancellationToken);
    }

    public void Dispose() => _table.Dispose();

    private static void Collect(DataFileReader reader, int group, SourcePartition source, HashSet<string> done)
    {
        var ids = (BytesValues)reader.Read(group, "aggregate_id");
        var topics = (BytesValues)reader.Read(group, "_topic");
        var partitions = (FixedValues<int>)reader.Read(group, "_partition");
        var topic = System.Text.Encoding.UTF8.GetBytes(source.Topic);
        for (var row = 0; row < ids.ValueCount; row++)
        {
            if (partitions.Values[row] == source.Partition && topics[row].SequenceEqual(topic))
                done.Add(System.Text.Encoding.UTF8.GetString(ids[row]));
        }
    }
}
