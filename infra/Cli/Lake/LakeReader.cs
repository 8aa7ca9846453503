using System.Numerics;
using System.Text.Json;
using Streaming.Lake.Delta;
using Streaming.Lake.Parquet;
using Streaming.Lake.Parquet.Values;
using Streaming.Lake.Storage;

namespace Streaming.Cli.Lake;

/// <summary>Reads the lake as any reader of Delta tables does: the log says which files belong to a table, the files hold its rows.</summary>
internal sealed class LakeReader(ITableStore store)
{
    private const string AggregateId = "_aggregate_id";

    /// <summary>A folder or a bucket; further settings of S3 are those of the lake sink.</summary>
    public static LakeReader Open(string url) => new(TableStores.Open(url, new S3Settings(
        Setting("S3ServiceUrl"), Setting("S3Region"), Setting("S3AccessKey"), Setting("S3SecretKey"))));

    /// <summary>A column of numbers, from all rows of one aggregate. None where there is no such table.</summary>
    /// <param name="table">Such as <c>inventory_stock_sold</c>.</param>
    public async Task<IReadOnlyList<decimal>> NumbersAsync(string table, string column, string aggregateId, CancellationToken cancellationToken)
    {
        using var delta = new DeltaTable(store, $"g{await GenerationAsync(cancellationToken)}/{table}", TimeProvider.System);
        var (files, columns) = await delta.LookAsync(
            snapshot => snapshot.Exists ? (snapshot.Files.ToList(), TableColumns.InFiles(snapshot.Metadata!.Schema, [.. snapshot.Metadata.PartitionColumns])) : ([], null),
            isNewest: true, cancellationToken);
        var numbers = new List<decimal>();
        foreach (var file in files)
        {
            var reader = await DataFileReader.OpenAsync(delta, file, columns!, cancellationToken);
            for (var group = 0; group < reader.RowGroupCount; group++)
            {
                var (ids, values) = ((BytesValues)reader.Read(group, AggregateId), reader.Read(group, column));
                for (var row = 0; row < reader.RowCount(group); row++)
                {
                    if (System.Text.Encoding.UTF8.GetString(ids[row]) == aggregateId)
                        numbers.Add(Number(values, row));
                }
            }
        }

        return numbers;
    }

    /// <summary>The generation that is to be read; the first where nobody has chosen.</summary>
    public async Task<int> GenerationAsync(CancellationToken cancellationToken)
    {
        var newest = (await store.ListAsync("_current", cancellationToken)).Select(file => file.Path).Where(path => path.EndsWith(".json", StringComparison.Ordinal))
            .Max(StringComparer.Ordinal);
        return newest is not null && await store.ReadAsync(newest, cancellationToken) is { } pointer
            ? JsonDocument.Parse(pointer).RootElement.GetProperty("Generation").GetInt32()
            : 1;
    }

    private static decimal Number(ColumnValues values, int row) => values switch
    {
        { NullCount: > 0 } => throw new Failure($"{values.Column.Name} has nulls, which are no numbers."),
        FixedValues<int> numbers => numbers.Values[row],
        FixedValues<long> numbers => numbers.Values[row],
        BytesValues bytes when values.Column.Field.Logical.Kind == LogicalKind.Decimal => (decimal)new BigInteger(bytes[row], isBigEndian: true) / Scale(values),
        _ => throw new Failure($"{values.Column.Name} holds no numbers."),
    };

    private static decimal Scale(ColumnValues values) => (decimal)BigInteger.Pow(10, values.Column.Field.Logical.Scale);

    private static string? Setting(string name) => Environment.GetEnvironmentVariable($"Lake__{name}");
}
