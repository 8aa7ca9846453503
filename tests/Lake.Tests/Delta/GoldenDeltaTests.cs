using System.Text.Json;
using Streaming.Lake.Delta;
using Streaming.Lake.Parquet;
using Streaming.Lake.Parquet.Reading;
using Streaming.Lake.Storage;
using Streaming.Lake.Tests.Support;

namespace Streaming.Lake.Tests.Delta;

public sealed class GoldenDeltaTests
{
    public static TheoryData<string> Tables => Golden.Ids("delta", file: "table");

    [Theory]
    [MemberData(nameof(Tables))]
    public async Task Every_version_that_another_wrote_is_read(string id)
    {
        var item = Golden.Case("delta", id);
        var folder = Golden.Path("delta", item.Text("table"));
        var log = new DeltaLog(new LocalStore(folder), "");
        foreach (var expected in Golden.Json("delta", item.Text("expected_file")).GetProperty("versions").EnumerateArray())
        {
            var version = expected.GetProperty("version").GetInt64();
            var snapshot = await log.ReadAsync(version, CancellationToken.None);
            var what = $"{id}, version {version}";
            snapshot.Version.ShouldBe(version, what);
            snapshot.Files.Select(file => file.Path).Order(StringComparer.Ordinal).ShouldBe(expected.GetProperty("files").EnumerateArray().Select(file => file.GetString()).Order(StringComparer.Ordinal), what);
            snapshot.Transactions.OrderBy(transaction => transaction.AppId).Select(transaction => $"{transaction.AppId}: {transaction.Version}")
                .ShouldBe(expected.GetProperty("txns").EnumerateObject().OrderBy(member => member.Name).Select(member => $"{member.Name}: {member.Value}"), what);
            snapshot.Metadata!.PartitionColumns.ShouldBe(expected.GetProperty("partition_columns").EnumerateArray().Select(column => column.GetString()!), what);
            snapshot.Metadata.Schema.Fields.Select(field => field.Name).ShouldBe(expected.GetProperty("schema").EnumerateArray().Select(field => field.Text("name")), what);
            await CheckRowCountAsync(folder, snapshot, expected.GetProperty("row_count").GetInt64(), what);
        }
    }

    [Fact]
    public async Task A_version_that_is_gone_is_an_error_that_says_so()
    {
        var log = new DeltaLog(new LocalStore(Golden.Path("delta", "tables/checkpoint-cleaned")), "");
        await Should.ThrowAsync<MalformedTableException>(log.ReadAsync(3, CancellationToken.None));
        (await Should.ThrowAsync<MalformedTableException>(log.ReadAsync(99, CancellationToken.None))).Message.ShouldContain("newest is 12");
    }

    [Fact]
    public async Task Where_there_is_no_table_there_is_none()
    {
        var log = new DeltaLog(new LocalStore(Golden.Path("delta", "tables/nothing-here")), "");
        (await log.ReadAsync(version: null, CancellationToken.None)).Exists.ShouldBeFalse();
    }

    [Fact]
    public async Task Rows_of_a_partitioned_table_are_its_files_and_its_logs()
    {
        var folder = Golden.Path("delta", "tables/partitioned");
        var snapshot = await new DeltaLog(new LocalStore(folder), "").ReadAsync(version: null, CancellationToken.None);
        var rows = snapshot.Files.SelectMany(file => Rows.Of(ParquetFile.Open(File.ReadAllBytes(Path.Combine(folder, file.Location))))
            .Select(row => $"{file.PartitionValues["country"]}|{file.PartitionValues["day"]}|{row["id"]}"));
        var expected = Golden.Json("delta", "expected/partitioned.json").GetProperty("versions").EnumerateArray().Last().GetProperty("rows").EnumerateArray()
            .Select(row => $"{row.GetProperty("country")}|{Day(row.GetProperty("day"))}|{row.GetProperty("id")}");
        rows.Order(StringComparer.Ordinal).ShouldBe(expected.Order(StringComparer.Ordinal));
    }

    private static async Task CheckRowCountAsync(string folder, Snapshot snapshot, long expected, string what)
    {
        var count = 0L;
        foreach (var file in snapshot.Files)
        {
            var stored = ParquetFile.Open(await File.ReadAllBytesAsync(Path.Combine(folder, file.Location)));
            FileStats.RowCount(file).ShouldBeOneOf(null, stored.RowCount);
            count += stored.RowCount;
            try
            {
                Rows.Of(stored);
            }
            catch (UnsupportedParquetException)
            {
                file.Path.ShouldContain(".zstd.", customMessage: what);
            }
        }
        count.ShouldBe(expected, what);
    }

    private static string? Day(JsonElement day) => day.ValueKind == JsonValueKind.Null ? null : new DateTime(1970, 1, 1).AddDays(day.GetInt32()).ToString("yyyy-MM-dd");
}
