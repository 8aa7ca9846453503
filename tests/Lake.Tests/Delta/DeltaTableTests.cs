using Streaming.Fixtures;
using Streaming.Lake.Delta;
using Streaming.Lake.Storage;
using Streaming.Lake.Tests.Support;

namespace Streaming.Lake.Tests.Delta;

public sealed class DeltaTableTests
{
    private static readonly CancellationToken _never = CancellationToken.None;
    private readonly ManualTime _time = new();

    [Fact]
    public async Task What_is_appended_is_read_with_and_without_checkpoints()
    {
        var store = new MemoryStore(_time);
        using var table = CountTable.Open(store, _time, checkpointEvery: 4);
        for (var i = 0; i < 14; i++)
        {
            await CountTable.AppendAsync(table, i * 10, 10);
            (await CountTable.NumbersAsync(store)).ShouldBe(CountTable.Range((i + 1) * 10));
        }

        store.Paths.Count(path => path.EndsWith(".checkpoint.parquet")).ShouldBe(3);
        (await CountTable.SnapshotAsync(store)).VersionOf(CountTable.AppId).ShouldBe(140);
        (await CountTable.NumbersAsync(store, version: 5)).ShouldBe(CountTable.Range(60));
    }

    [Fact]
    public async Task Two_writers_at_the_same_time_both_get_through()
    {
        var store = new MemoryStore(_time);
        using var one = CountTable.Open(store, _time);
        using var other = CountTable.Open(store, _time);
        await CountTable.AppendAsync(one, 0, 1);
        await Task.WhenAll(
            Task.Run(async () =>
            {
                for (var i = 1; i < 60; i += 2)
                    await CountTable.AppendAsync(one, i, 1);
            }, _never),
            Task.Run(async () =>
            {
                for (var i = 2; i < 60; i += 2)
                    await CountTable.AppendAsync(other, i, 1);
            }, _never));

        (await CountTable.NumbersAsync(store)).ShouldBe(CountTable.Range(60));
        (await CountTable.SnapshotAsync(store)).Version.ShouldBe(59);
    }

    [Fact]
    public async Task Who_loses_the_race_decides_anew()
    {
        var store = new MemoryStore(_time);
        using var one = CountTable.Open(store, _time);
        using var other = CountTable.Open(store, _time);
        await CountTable.AppendAsync(one, 0, 5);
        await CountTable.AppendAsync(other, 5, 5);

        var seen = new List<long?>();
        await one.CommitAsync("WRITE", snapshot =>
        {
            seen.Add(snapshot.VersionOf(CountTable.AppId));
            return [new AppTransaction(CountTable.AppId, 99)];
        }, _never);

        seen.ShouldBe([5, 10]);
    }

    [Fact]
    public async Task A_commit_whose_answer_was_lost_counts_once()
    {
        var store = new MemoryStore(_time);
        using var table = CountTable.Open(store, _time);
        await CountTable.AppendAsync(table, 0, 5);
        store.LosesNextAnswer = true;
        await CountTable.AppendAsync(table, 5, 5);
        (await CountTable.NumbersAsync(store)).ShouldBe(CountTable.Range(10));
    }

    [Fact]
    public async Task A_commit_that_fails_is_looked_for_before_the_next()
    {
        var store = new MemoryStore(_time);
        using var table = CountTable.Open(store, _time);
        await CountTable.AppendAsync(table, 0, 5);
        store.BeforeAdd = path =>
        {
            // The other side has it, and we never hear of it.
            store.BeforeAdd = _ => { };
            _ = store.TryAddAsync(path, ActionJson.Write([new AppTransaction(CountTable.AppId, 77)]), _never);
            throw new IOException("The line is cut.");
        };
        await Should.ThrowAsync<IOException>(CountTable.AppendAsync(table, 5, 5));

        (await table.LookAsync(snapshot => snapshot.VersionOf(CountTable.AppId), isNewest: false, _never)).ShouldBe(77);
    }

    [Fact]
    public async Task New_columns_are_added_and_rows_before_them_stay()
    {
        var store = new MemoryStore(_time);
        using var table = CountTable.Open(store, _time, checkpointEvery: 2);
        await CountTable.AppendAsync(table, 0, 3);
        var wider = new StructType([CountTable.Schema.Fields[0], CountTable.Schema.Fields[1], new("double", DeltaType.Int, IsNullable: false), CountTable.Schema.Fields[2]]);
        var file = await CountTable.WriteAsync(table, SchemaEvolution.Merge(CountTable.Schema, wider), 3, 3, "2026-11-21");
        await table.CommitAsync("WRITE", snapshot => [.. CountTable.Creation(snapshot, wider), file], _never);

        var snapshot = await CountTable.SnapshotAsync(store);
        snapshot.Metadata!.Schema.Find("double").ShouldBe(new DeltaField("double", DeltaType.Int, IsNullable: true));
        await Compaction.RunAsync(table, new(FilesMin: 2), _never);
        (await CountTable.NumbersAsync(store)).ShouldBe(CountTable.Range(6));
    }

    [Theory]
    [InlineData("number", "string", false, "is long, the new rows' is string")]
    [InlineData("number", "long", true, "never null")]
    [InlineData("Number", "long", true, "never null")]
    public void Columns_that_change_are_refused(string name, string type, bool isNullable, string why) =>
        Should.Throw<IncompatibleTableException>(() => SchemaEvolution.Merge(CountTable.Schema, new([new(name, new PrimitiveType(type), isNullable), .. CountTable.Schema.Fields.Skip(1)])))
            .Message.ShouldContain(why);

    [Fact]
    public async Task Small_files_become_one_and_the_rows_stay()
    {
        var store = new MemoryStore(_time);
        using var table = CountTable.Open(store, _time);
        for (var i = 0; i < 9; i++)
            await CountTable.AppendAsync(table, i * 10, 10, i < 6 ? "2026-11-21" : "2026-11-22");

        (await Compaction.RunAsync(table, new(FilesMin: 3), _never)).ShouldBe(9);

        (await CountTable.SnapshotAsync(store)).Files.Count.ShouldBe(2);
        (await CountTable.NumbersAsync(store)).ShouldBe(CountTable.Range(90));
        (await CountTable.NumbersAsync(store, version: 8)).ShouldBe(CountTable.Range(90));
        (await Compaction.RunAsync(table, new(FilesMin: 3), _never)).ShouldBe(0);
    }

    [Fact]
    public async Task What_another_removed_while_it_was_merged_stays_removed()
    {
        var store = new MemoryStore(_time);
        using var one = CountTable.Open(store, _time);
        using var other = CountTable.Open(store, _time);
        for (var i = 0; i < 3; i++)
            await CountTable.AppendAsync(one, i, 1);
        var victim = await other.LookAsync(snapshot => snapshot.Files.First(), isNewest: true, _never);
        store.BeforeAdd = path =>
        {
            store.BeforeAdd = _ => { };
            _ = store.TryAddAsync(path, ActionJson.Write([RemoveFile.Of(victim, 1, dataChange: true)]), _never);
        };

        (await Compaction.RunAsync(one, new(FilesMin: 2), _never)).ShouldBe(0);

        (await CountTable.NumbersAsync(store)).Count.ShouldBe(2);
        (await CountTable.SnapshotAsync(store)).Files.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Vacuum_removes_what_nobody_needs_when_it_is_old_enough()
    {
        var store = new MemoryStore(_time);
        using var table = CountTable.Open(store, _time, checkpointEvery: 3);
        for (var i = 0; i < 5; i++)
            await CountTable.AppendAsync(table, i, 1);
        await Compaction.RunAsync(table, new(FilesMin: 2), _never);
        await CountTable.WriteAsync(table, CountTable.Schema, 5, 1, "2026-11-21");    // Never committed.

        (await Vacuum.RunAsync(table, TimeSpan.FromDays(7), TimeSpan.FromDays(30), _never)).ShouldBe(0);
        _time.Advance(TimeSpan.FromDays(8));
        (await Vacuum.RunAsync(table, TimeSpan.FromDays(7), TimeSpan.FromDays(30), _never)).ShouldBe(6);
        _time.Advance(TimeSpan.FromDays(30));
        (await Vacuum.RunAsync(table, TimeSpan.FromDays(7), TimeSpan.FromDays(30), _never)).ShouldBeGreaterThan(2);

        (await CountTable.NumbersAsync(store)).ShouldBe(CountTable.Range(5));
        await CountTable.AppendAsync(table, 5, 1);
        (await CountTable.NumbersAsync(store)).ShouldBe(CountTable.Range(6));
    }

    [Fact]
    public async Task An_erasure_also_finds_files_that_the_log_has_forgotten()
    {
        var store = new MemoryStore(_time);
        using var table = CountTable.Open(store, _time, checkpointEvery: 3);
        for (var i = 0; i < 5; i++)
            await CountTable.AppendAsync(table, i, 1);
        await Compaction.RunAsync(table, new(FilesMin: 2), _never);
        _time.Advance(TimeSpan.FromDays(20));
        for (var i = 5; i < 8; i++)
            await CountTable.AppendAsync(table, i, 1);
        (await CountTable.SnapshotAsync(store)).Removed.ShouldBeEmpty();
        var young = await CountTable.WriteAsync(table, CountTable.Schema, 8, 1, "2026-11-21");    // Somebody is about to commit it.

        await Vacuum.EraseAsync(table, _never);

        var active = (await CountTable.SnapshotAsync(store)).Files.Select(file => file.Path).Append(young.Path).Select(path => $"numbers/{path}");
        store.Paths.Where(path => path.EndsWith(".parquet") && !path.Contains("_delta_log")).ShouldBe(active, ignoreOrder: true);
        (await CountTable.NumbersAsync(store)).ShouldBe(CountTable.Range(8));
    }

    [Fact]
    public async Task A_local_folder_takes_a_file_once()
    {
        using var folder = new TempFolder("lake");
        var store = new LocalStore(folder.Path);
        var winners = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => store.TryAddAsync("a/b/c.json", new byte[] { (byte)i }, _never))));
        winners.Count(isWinner => isWinner).ShouldBe(1);
        (await store.ReadAsync("a/b/c.json", _never))!.Value.Span[0].ShouldBe((byte)Array.IndexOf(winners, true));
        (await store.ListAsync("a", _never)).Select(file => file.Path).ShouldBe(["a/b/c.json"]);
        await Should.ThrowAsync<ArgumentException>(store.ReadAsync("../outside", _never));
    }

    [Theory]
    [InlineData("{\"add\":{}}")]
    [InlineData("{\"add\":{\"path\":1}}")]
    [InlineData("no json")]
    [InlineData("{\"metaData\":{\"id\":\"x\",\"schemaString\":\"{}\",\"partitionColumns\":[]}}")]
    [InlineData("{\"txn\":{\"appId\":\"a\",\"version\":1e99}}")]
    public void Lines_that_are_no_actions_are_errors(string line) => Should.Throw<MalformedTableException>(() => ActionJson.Read(System.Text.Encoding.UTF8.GetBytes(line)));

    [Fact]
    public void Damaged_commits_are_errors_or_other_actions() => Seeds.ForEach(300, random =>
    {
        var lines = ActionJson.Write([Protocol.Plain, new TableMetadata("id", CountTable.Schema, ["day"], new Dictionary<string, string>()), new AppTransaction("a", 3), new AddFile("p", new Dictionary<string, string?> { ["day"] = null }, 1, 2, DataChange: true, "{}")]);
        for (var i = random.Next(1, 4); i > 0; i--)
            lines[random.Next(lines.Length)] = (byte)random.Next(256);
        try
        {
            ActionJson.Read(lines.AsMemory(0, random.Next(lines.Length + 1)));
        }
        catch (Exception cause) when (cause is MalformedTableException or UnsupportedTableException)
        {
            // As it should be.
        }
    });
}
