using Streaming.Avro.Schema;
using Streaming.Contracts;
using Streaming.Lake.Delta;
using Streaming.Lake.Parquet.Reading;
using Streaming.Lake.Storage;
using Streaming.Lake.Tests.Support;
using Streaming.LakeSink.Tests.Support;
using Streaming.Sinks.Events;

namespace Streaming.Chaos.ReadSide.Destinations;

/// <summary>The lake's tables, each row whole, with the events of the log, one by one.</summary>
internal sealed class LakeComparison(ITableStore store) : IComparison
{
    private const string Generation = "g1";

    // A file never changes; each is read once.
    private readonly Dictionary<string, List<string>> _files = [];
    private readonly Dictionary<Guid, string> _expected = [];

    public async Task<Compared> CompareAsync(IReadOnlyList<RecordedEvent> log, CancellationToken cancellationToken)
    {
        var byTable = log.ToLookup(recorded => TableOf(recorded.Record.AvroSchema), Expected);
        var count = 0;
        // Also those of which nothing has happened: there must be no row.
        foreach (var table in AvroRecords.All.Select(type => TableOf(type.Schema)).Concat(byTable.Select(table => table.Key)).Distinct())
        {
            var compared = Compared.Of(table, byTable[table], await RowsAsync(table, cancellationToken));
            if (compared.Difference is not null)
                return compared;
            count += compared.Count;
        }

        return new(count, null);
    }

    public ValueTask DisposeAsync()
    {
        (store as IDisposable)?.Dispose();
        return ValueTask.CompletedTask;
    }

    private string Expected(RecordedEvent recorded)
    {
        if (!_expected.TryGetValue(recorded.EventId, out var text))
            _expected[recorded.EventId] = text = $"{recorded.Position} {ExpectedRow.Text(ExpectedRow.Of(recorded))}";
        return text;
    }

    private async Task<IEnumerable<string>> RowsAsync(string table, CancellationToken cancellationToken)
    {
        var root = $"{Generation}/{table}/";
        var snapshot = await new DeltaLog(store, root).ReadAsync(version: null, cancellationToken);
        var rows = new List<string>();
        foreach (var file in snapshot.Files)
        {
            if (!_files.TryGetValue(root + file.Location, out var known))
                _files[root + file.Location] = known = await RowsAsync(root, file, cancellationToken);
            rows.AddRange(known);
        }

        return rows;
    }

    private async Task<List<string>> RowsAsync(string root, AddFile file, CancellationToken cancellationToken)
    {
        var bytes = await store.ReadAsync(root + file.Location, cancellationToken) ?? throw new InvalidDataException($"{root}{file.Location} is named by its table, and not there.");
        var rows = new List<string>();
        foreach (var row in Rows.Of(ParquetFile.Open(bytes)))
        {
            row["_date"] = file.PartitionValues["_date"];
            rows.Add($"{row["_topic"]}-{row["_partition"]}@{row["_offset"]} {ExpectedRow.Text(row)}");
        }

        return rows;
    }

    // streaming.orders.OrderPlaced → orders_order_placed
    private static string TableOf(RecordSchema schema) =>
        $"{schema.Namespace.Split('.')[1]}_{string.Concat(schema.Name.Select((letter, i) => i > 0 && char.IsUpper(letter) ? $"_{char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}"))}";
}
