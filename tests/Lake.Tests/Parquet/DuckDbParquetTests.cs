using System.Globalization;
using System.Text.Json.Nodes;
using Streaming.Fixtures;
using Streaming.Lake.Parquet;
using Streaming.Lake.Parquet.Writing;
using Streaming.Lake.Tests.Support;

namespace Streaming.Lake.Tests.Parquet;

[NeedsDuckDb]
public sealed class DuckDbParquetTests
{
    private const string InUnixTime = "SELECT * REPLACE (epoch_us(\"at\") AS \"at\", \"day\" - DATE '1970-01-01' AS \"day\", base64(raw) AS raw) FROM read_parquet";

    [ConformanceFact]
    public async Task DuckDB_reads_the_same_rows()
    {
        using var folder = new TempFolder("parquet");
        var path = Path.Combine(folder.Path, "some.parquet");
        foreach (var (rowCount, distinct, compression) in new[] { (1, 2, Compression.None), (300, 20, Compression.Snappy), (3_000, 1_000_000, Compression.Snappy) })
        {
            var seed = Environment.TickCount;
            var table = SomeTable.Random(new Random(seed), rowCount, distinct);
            await File.WriteAllBytesAsync(path, table.ToFile(compression));

            var read = await DuckDb.QueryAsync($"{InUnixTime}('{path}')");
            read.Select(Text).ShouldBe(Rows.Of(SomeTable.Schema, table.Columns, table.RowCount).Select(Text), $"seed {seed}");
        }
    }

    [ConformanceFact]
    public async Task DuckDB_finds_rows_by_the_bounds_of_row_groups()
    {
        using var folder = new TempFolder("parquet");
        var path = Path.Combine(folder.Path, "bounds.parquet");
        var writer = new ParquetWriter(SomeTable.Schema);
        var tables = Enumerable.Range(0, 4).Select(seed => SomeTable.Random(new Random(seed), 5_000, distinct: 10 + (seed * 1_000))).ToList();
        foreach (var table in tables)
            writer.WriteRowGroup(table.Columns, table.RowCount);
        await File.WriteAllBytesAsync(path, writer.Finish().Bytes);

        var rows = tables.SelectMany(table => Rows.Of(SomeTable.Schema, table.Columns, table.RowCount)).ToList();
        var expected = rows.Count(row => row["amount"] is { } amount && decimal.Parse(amount.GetValue<string>(), CultureInfo.InvariantCulture) < 0
            && string.CompareOrdinal(row["sku"]!.GetValue<string>(), "SKU-2") >= 0);
        var found = await DuckDb.QueryAsync($"SELECT count(*)::INT AS n FROM read_parquet('{path}') WHERE amount < 0 AND sku >= 'SKU-2'");
        found[0]["n"]!.GetValue<int>().ShouldBe(expected);

        var groups = await DuckDb.QueryAsync(
            $"SELECT DISTINCT row_group_id AS id, stats_min_value AS low, stats_max_value AS high FROM parquet_metadata('{path}') WHERE path_in_schema = 'quantity' ORDER BY 1");
        groups.Select(group => $"{group["low"]}..{group["high"]}").ShouldBe(
            tables.Select(table => Rows.Of(SomeTable.Schema, table.Columns, table.RowCount).Select(row => row["quantity"]!.GetValue<int>()).ToList()).Select(all => $"{all.Min()}..{all.Max()}"));
    }

    /// <summary>DuckDB prints 64-bit numbers and decimals as text, and floats with other digits.</summary>
    private static string Text(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject fields => $"{{{string.Join(", ", fields.Select(field => $"{field.Key}: {Text(field.Value)}"))}}}",
        JsonArray items => $"[{string.Join(", ", items.Select(Text))}]",
        _ => double.TryParse(node.ToString(), CultureInfo.InvariantCulture, out var number) && node.ToString().Contains('.')
            ? number.ToString("G6", CultureInfo.InvariantCulture)
            : node.ToString(),
    };
}
