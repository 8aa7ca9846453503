using Streaming.Fixtures;
using Streaming.Lake.Delta;
using Streaming.Lake.Storage;
using Streaming.Lake.Tests.Support;

namespace Streaming.Lake.Tests.Delta;

public sealed class IndependentReaderTests
{
    private const string Url = "s3://lake/tests";

    [ConformanceFact]
    [NeedsDeltaReader]
    public async Task Delta_rs_reads_what_we_wrote_checkpointed_widened_and_merged()
    {
        using var folder = new TempFolder("delta-rs");
        var store = new LocalStore(folder.Path);
        using var table = CountTable.Open(store, TimeProvider.System, checkpointEvery: 3);
        await FillAsync(table);

        var path = Path.Combine(folder.Path, "numbers");
        var info = await DeltaReader.InfoAsync(path);
        info["rows"]!.GetValue<long>().ShouldBe(80);
        info["min_reader_version"]!.GetValue<int>().ShouldBe(1);
        info["partition_columns"]![0]!.GetValue<string>().ShouldBe("day");
        (await DeltaReader.TransactionAsync(path, CountTable.AppId)).ShouldBe(80);
        (await DeltaReader.TransactionAsync(path, "nobody")).ShouldBeNull();
        var rows = await DeltaReader.RowsAsync(path, "number,name,day,twice");
        rows.OrderBy(row => row["number"]!.GetValue<long>()).Select(row => $"{row["number"]}|{row["name"]}|{row["day"]}|{row["twice"]}").ShouldBe(
            Enumerable.Range(0, 80).Select(n => $"{n}|{(n % 3 == 0 ? "" : $"number {n}")}|2026-11-{(n < 50 ? 21 : 22)}|{(n < 70 ? "" : n)}"));
    }

    [ConformanceFact]
    [NeedsDuckDb]
    public async Task DuckDB_reads_the_files_that_the_log_names()
    {
        using var folder = new TempFolder("duckdb");
        var store = new LocalStore(folder.Path);
        using var table = CountTable.Open(store, TimeProvider.System);
        await FillAsync(table);

        var files = (await CountTable.SnapshotAsync(store)).Files.Select(file => $"'{folder.Path}/numbers/{file.Location}'");
        var rows = await DuckDb.QueryAsync(
            $"SELECT day::VARCHAR AS day, count(*)::INT AS n, sum(number)::INT AS total FROM read_parquet([{string.Join(", ", files)}], hive_partitioning = true, union_by_name = true) GROUP BY day ORDER BY day");
        rows.Select(row => $"{row["day"]}|{row["n"]}|{row["total"]}").ShouldBe(["2026-11-21|50|1225", "2026-11-22|30|1935"]);
    }

    [ConformanceFact]
    [NeedsS3Server]
    public async Task A_bucket_takes_a_file_once_and_holds_tables()
    {
        await using var server = await S3Server.StartAsync();
        var settings = new S3Settings(server.Url, "us-east-1", S3Server.AccessKey, S3Server.SecretKey);
        using (var client = TableStores.Client(settings))
            await client.PutBucketAsync("lake");
        await S3Contract.CheckAsync(TableStores.Open(Url, settings));
        if (DeltaReader.IsPresent)
            (await DeltaReader.CountAsync($"{Url}/numbers", server.Environment)).ShouldBe(80);
    }

    [Fact]
    public async Task So_does_our_own_idea_of_a_bucket()
    {
        await using var server = await StubS3.StartAsync();
        await S3Contract.CheckAsync(TableStores.Open(Url, new S3Settings(server.Url, "us-east-1", "key", "secret")));
        server.ConditionalPuts.ShouldBeGreaterThan(8);
    }

    /// <summary>Nine commits with checkpoints, a column that is added, and one merge of small files.</summary>
    internal static async Task FillAsync(DeltaTable table)
    {
        for (var i = 0; i < 7; i++)
            await CountTable.AppendAsync(table, i * 10, 10, i < 5 ? "2026-11-21" : "2026-11-22");
        var wider = new StructType([CountTable.Schema.Fields[0], CountTable.Schema.Fields[1], new("twice", DeltaType.Int, IsNullable: true), CountTable.Schema.Fields[2]]);
        await CountTable.AppendAsync(table, 70, 10, "2026-11-22", wider);
        (await Compaction.RunAsync(table, new(FilesMin: 4), CancellationToken.None)).ShouldBe(5);
    }
}
