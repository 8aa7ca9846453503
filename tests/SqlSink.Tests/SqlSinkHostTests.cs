using Streaming.Contracts.Control;
using Streaming.Sinks.DeadLetters;
using System.Net;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Streaming.Fixtures;
using Streaming.SqlSink.Tests.Support;
using Streaming.Tests;

namespace Streaming.SqlSink.Tests;

/// <summary>The whole host on a Kafka, a registry and a PostgreSQL.</summary>
public sealed class SqlSinkHostTests(Servers servers) : IClassFixture<Servers>
{
    [Fact]
    public async Task The_reference_story_is_answered_as_of_each_date()
    {
        var (installation, sink) = await Installation.StartAsync(servers);
        await using var _ = installation;
        await using var __ = sink;
        var history = ProductHistory.Reference();
        await installation.Log.AppendAsync(history);

        Record(await sink.AwaitAsync("XYZ-1", 8)).ShouldBe("[XYZ-1, 190, 2022-03-15, 2022-04-01]");
        (await RecordsAsync(sink)).ShouldBe(
        [
            "[XYZ-1, 100, 2022-01-01, 2022-02-01]", "[XYZ-1, 200, 2022-03-01, 2022-02-01]",
            "[XYZ-1, 230, 2022-03-15, 2022-03-15]", "[XYZ-1, 190, 2022-03-15, 2022-04-01]",
        ]);
        (await installation.Database.RowsAsync("SELECT * FROM stock_records_as_of('2022-03-15')")).ShouldBe(["XYZ-1|230|2022-03-15|2022-03-15"]);
        (await installation.Database.RowsAsync("SELECT * FROM stock_records_as_of('2021-12-31')")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_late_sale_changes_business_answers_from_its_day_on_and_recorded_ones_not_at_all()
    {
        var (installation, sink) = await Installation.StartAsync(servers);
        await using var _ = installation;
        await using var __ = sink;
        var history = ProductHistory.Reference();
        await installation.Log.AppendAsync(history);
        var known = await sink.AwaitAsync("XYZ-1", 8);
        var recordedBefore = known.GetProperty("recordedAt").GetDateTimeOffset();

        await installation.Log.AppendAsync(8, history.Sell(7, "2022-03-10"));

        Record(await sink.AwaitAsync("XYZ-1", 9)).ShouldBe("[XYZ-1, 183, 2022-03-15, 2022-04-01]");
        (await RecordsAsync(sink)).ShouldBe(
        [
            "[XYZ-1, 100, 2022-01-01, 2022-02-01]", "[XYZ-1, 200, 2022-03-01, 2022-02-01]",
            "[XYZ-1, 223, 2022-03-15, 2022-03-15]", "[XYZ-1, 183, 2022-03-15, 2022-04-01]",
        ]);
        Record(await sink.GetAsync("/stock/XYZ-1?asOf=2022-03-09")).ShouldBe("[XYZ-1, 200, 2022-03-01, 2022-02-01]");
        Record(await sink.GetAsync("/stock/XYZ-1?asOf=2022-03-10")).ShouldBe("[XYZ-1, 193, 2022-03-01, 2022-03-10]");
        Record(await sink.GetAsync("/stock/XYZ-1?asOf=2022-03-10T09:59:59Z")).ShouldBe("[XYZ-1, 200, 2022-03-01, 2022-02-01]");
        var then = await sink.GetAsync($"/stock/XYZ-1?asOfRecorded={recordedBefore:O}");
        Record(then).ShouldBe("[XYZ-1, 190, 2022-03-15, 2022-04-01]");
        then.GetProperty("version").GetInt64().ShouldBe(8);
        Record(await sink.GetAsync("/stock/XYZ-1?asOfSequence=4")).ShouldBe("[XYZ-1, 200, 2022-03-01, 2022-02-01]");
    }

    [Fact]
    public async Task A_log_of_the_first_versions_becomes_the_rows_of_today_and_the_audit_log_of_then()
    {
        var (installation, sink) = await Installation.StartAsync(servers);
        await using var _ = installation;
        await using var __ = sink;
        await installation.Log.AppendFirstVersionsAsync();
        await sink.AwaitAsync(FirstVersions.Sku, FirstVersions.Events.Count);

        (await installation.Database.RowsAsync("SELECT name, on_hand FROM stock")).ShouldBe([$"Widget|{FirstVersions.OnHand}"]);
        (await installation.Database.RowsAsync("SELECT event_type, payload->>'name', payload->>'quantity' FROM audit_log WHERE sequence IN (1, 8) ORDER BY sequence"))
            .ShouldBe(["streaming.inventory.ProductRegistered|Widget|", "streaming.inventory.StockAdjusted||-20"]);
        var history = await sink.GetAsync($"/stock/{FirstVersions.Sku}/history");
        history.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("delta").GetInt32()).ShouldBe([0, 120, -20, 100, -20, 50, -20, -20, 5]);
    }

    [Fact]
    public async Task The_timeline_shows_every_event_with_where_it_lies()
    {
        var (installation, sink) = await Installation.StartAsync(servers);
        await using var _ = installation;
        await using var __ = sink;
        await installation.Log.AppendAsync(ProductHistory.Reference());
        await sink.AwaitAsync("XYZ-1", 8);

        var first = await sink.GetAsync("/stock/XYZ-1/history?limit=5");
        var second = await sink.GetAsync(first.GetProperty("next").GetString()!);

        first.GetProperty("items").GetArrayLength().ShouldBe(5);
        second.GetProperty("next").ValueKind.ShouldBe(JsonValueKind.Null);
        var last = second.GetProperty("items")[2];
        last.GetProperty("sequence").GetInt64().ShouldBe(8);
        last.GetProperty("type").GetString().ShouldBe("streaming.inventory.v2.StockLost");
        last.GetProperty("date").GetString().ShouldBe("2022-04-01");
        last.GetProperty("delta").GetInt32().ShouldBe(-20);
        last.GetProperty("reason").GetString().ShouldBe("damaged");
        last.GetProperty("unitCount").GetInt32().ShouldBe(190);
        last.GetProperty("position").GetString().ShouldBe($"{installation.Log.Topic}-{EventLog.PartitionOf("XYZ-1")}@7");
        last.GetProperty("causationId").GetString().ShouldBe("XYZ-1-command-8");
    }

    [Theory]
    [InlineData("/stock/NONE", HttpStatusCode.NotFound, "NONE is not known")]
    [InlineData("/stock/NONE/history", HttpStatusCode.NotFound, "NONE is not known")]
    [InlineData("/stock/A?asOf=2022-13-01", HttpStatusCode.BadRequest, "asOf is '2022-13-01'")]
    [InlineData("/stock/A?asOf=2022-03-01T10:00:00", HttpStatusCode.BadRequest, "a time with its offset")]
    [InlineData("/stock/A?asOfRecorded=yesterday", HttpStatusCode.BadRequest, "asOfRecorded is 'yesterday'")]
    [InlineData("/stock/A?asOfSequence=0", HttpStatusCode.BadRequest, "asOfSequence is '0'")]
    [InlineData("/stock/A?asOf=2022-03-01&asOfSequence=1", HttpStatusCode.BadRequest, "Give one of")]
    [InlineData("/stock/A?atLeast=x", HttpStatusCode.BadRequest, "atLeast is 'x'")]
    [InlineData("/stock/A/history?limit=0", HttpStatusCode.BadRequest, "from 1 to 1000")]
    [InlineData("/stock?after=A%00B", HttpStatusCode.BadRequest, "after is no SKU")]
    [InlineData("/stock?limit=1001", HttpStatusCode.BadRequest, "from 1 to 1000")]
    public async Task Wrong_questions_are_refused_with_what_would_be_right(string path, HttpStatusCode status, string detail)
    {
        var (installation, sink) = await Installation.StartAsync(servers);
        await using var _ = installation;
        await using var __ = sink;

        using var answer = await sink.Http.GetAsync(path);

        answer.StatusCode.ShouldBe(status);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("detail").GetString()!.ShouldContain(detail);
    }

    [Fact]
    public async Task An_answer_has_its_version_as_ETag_and_one_that_is_not_there_yet_says_how_far_it_is()
    {
        var (installation, sink) = await Installation.StartAsync(servers, "--Queries:AtLeastWaitMs=50");
        await using var _ = installation;
        await using var __ = sink;
        await installation.Log.AppendAsync(new ProductHistory("A").Register("2022-01-01").Receive(3, "2022-01-02"));
        await sink.AwaitAsync("A", 2);

        using var answer = await sink.Http.GetAsync("/stock/A");
        answer.Headers.ETag!.Tag.ShouldBe("\"2\"");
        using var again = new HttpRequestMessage(HttpMethod.Get, "/stock/A") { Headers = { IfNoneMatch = { answer.Headers.ETag } } };
        (await sink.Http.SendAsync(again)).StatusCode.ShouldBe(HttpStatusCode.NotModified);
        using var ahead = await sink.Http.GetAsync("/stock/A?atLeast=3");
        ahead.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        JsonDocument.Parse(await ahead.Content.ReadAsStringAsync()).RootElement.GetProperty("currentVersion").GetInt64().ShouldBe(2);
    }

    [Fact]
    public async Task A_host_that_starts_again_goes_on_where_the_last_one_ended()
    {
        var (installation, first) = await Installation.StartAsync(servers);
        await using var _ = installation;
        var history = ProductHistory.Reference();
        await installation.Log.AppendAsync(history);
        await first.AwaitAsync("XYZ-1", 8);
        await first.StopAsync();
        var partition = EventLog.PartitionOf("XYZ-1");
        (await installation.Database.RowsAsync($"SELECT group_confirmed, group_intended, next_offset FROM checkpoints WHERE partition = {partition} AND topic LIKE '%inventory.events'")).ShouldBe(["8|8|8"]);
        await installation.Log.AppendAsync(8, history.Sell(1, "2022-05-01"));

        await using var second = await installation.StartSinkAsync();

        await second.AwaitAsync("XYZ-1", 9);
        await second.AwaitHealthAsync(isHealthy: true, "24 of 24 partitions run, 0 offsets to go");
        (await installation.Database.RowsAsync("SELECT count(*) AS n, max(epoch) AS epoch FROM audit_log")).ShouldBe(["9|1"]);
        (await installation.Database.RowsAsync("SELECT count(*) AS n FROM resets")).ShouldBe(["0"]);
    }

    [Fact]
    public async Task A_reset_of_the_group_by_an_admin_client_is_seen_and_replayed()
    {
        var (installation, first) = await Installation.StartAsync(servers);
        await using var _ = installation;
        var other = InAnotherPartition("XYZ-1");
        await installation.Log.AppendAsync(ProductHistory.Reference(), ProductHistory.Reference(other));
        await first.AwaitAsync("XYZ-1", 8);
        await first.AwaitAsync(other, 8);
        await first.StopAsync();
        var before = await installation.Database.ContentAsync();
        await installation.Database.ExecuteAsync("UPDATE stock_movements SET reason = 'corrupted' WHERE sequence > 3; UPDATE stock SET on_hand = -1");

        var partition = EventLog.PartitionOf("XYZ-1");
        await ResetAsync(installation, partition, 3);
        await using var second = await installation.StartSinkAsync();

        await Eventually.Async(
            async () => (await installation.Database.RowsAsync("SELECT sku FROM stock WHERE sku = 'XYZ-1' AND epoch = 2 AND version = 8")).Count == 1,
            Eventually.DefaultDeadline, "XYZ-1 is derived again");
        (await installation.Database.RowsAsync("SELECT partition, from_offset, to_offset, epoch FROM resets")).ShouldBe([$"{partition}|8|3|2"]);
        (await installation.Database.RowsAsync("SELECT sku, on_hand, epoch FROM stock ORDER BY sku")).ShouldBe([$"{other}|-1|1", "XYZ-1|190|2"]);
        await installation.Database.ExecuteAsync("UPDATE stock_movements SET reason = CASE sequence WHEN 8 THEN 'damaged' END; UPDATE stock SET on_hand = 190");
        (await installation.Database.ContentAsync()).ShouldBe(before);
    }

    [ConformanceFact]
    [Needs(RealServer.KafkaTools)]
    public async Task A_reset_by_Kafkas_own_tool_is_seen_and_replayed()
    {
        var (installation, first) = await Installation.StartAsync(servers);
        await using var _ = installation;
        await installation.Log.AppendAsync(ProductHistory.Reference());
        await first.AwaitAsync("XYZ-1", 8);
        await first.StopAsync();
        var before = await installation.Database.ContentAsync();
        await installation.Database.ExecuteAsync("UPDATE stock_movements SET on_hand = -1; UPDATE stock SET on_hand = -1");

        await RealServers.KafkaToolAsync(
            "groups", "--bootstrap-server", installation.BootstrapServers, "--group", installation.Group, "--topic", installation.Log.Topic,
            "--reset-offsets", "--to-earliest", "--execute");
        await using var second = await installation.StartSinkAsync();

        await Eventually.Async(
            async () => (await installation.Database.RowsAsync("SELECT sku FROM stock WHERE epoch = 2 AND version = 8")).Count == 1,
            Eventually.DefaultDeadline, "XYZ-1 is derived again");
        (await installation.Database.ContentAsync()).ShouldBe(before);
        (await installation.Database.RowsAsync("SELECT to_offset, epoch FROM resets")).ShouldBe(["0|2"]);
    }

    [Fact]
    public async Task A_reset_forward_waits_for_its_answer()
    {
        var (installation, first) = await Installation.StartAsync(servers);
        await using var _ = installation;
        var history = ProductHistory.Reference();
        await installation.Log.AppendAsync(history);
        await first.AwaitAsync("XYZ-1", 8);
        await first.StopAsync();
        await installation.Log.AppendAsync(8, history.Sell(1, "2022-05-01").Sell(2, "2022-05-02"));
        var partition = EventLog.PartitionOf("XYZ-1");
        await ResetAsync(installation, partition, 10);

        await using var second = await installation.StartSinkAsync("--Sinks:RetryDelayMs=20");
        var health = await second.AwaitHealthAsync(isHealthy: false, "the group stands at @10, the checkpoint at @8");
        health.ShouldContain($"{installation.Log.Topic}-{partition}");
        using var control = installation.Control();
        var answers = await control.AskAsync("sql-sink", Request(SinkRequestKind.Stay, new SinkTarget(installation.Log.Topic, partition)), Eventually.DefaultDeadline, default);
        answers.Single().Message.ShouldBe("Goes on from the checkpoint, @8.");

        Record(await second.AwaitAsync("XYZ-1", 10)).ShouldBe("[XYZ-1, 187, 2022-03-15, 2022-05-02]");
        await second.AwaitHealthAsync(isHealthy: true);
    }

    [Fact]
    public async Task A_checkpoint_of_another_cluster_stops_the_partition()
    {
        var (installation, first) = await Installation.StartAsync(servers);
        await using var _ = installation;
        await first.StopAsync();
        await installation.Database.ExecuteAsync("UPDATE checkpoints SET cluster_id = 'elsewhere' WHERE partition = 2 AND topic LIKE '%inventory.events'; UPDATE checkpoints SET topic_id = 'earlier' WHERE partition = 3 AND topic LIKE '%inventory.events'");

        await using var second = await installation.StartSinkAsync();

        var health = await second.AwaitHealthAsync(isHealthy: false, "belongs to cluster elsewhere");
        health = await second.AwaitHealthAsync(isHealthy: false, "belongs to topic id earlier");
        health.ShouldContain($"{installation.Log.Topic}-2 stopped");
        (await installation.Database.RowsAsync("SELECT fence FROM checkpoints WHERE partition IN (2, 3) AND topic LIKE '%inventory.events'")).ShouldBe(["1", "1"]);
    }

    [Theory]
    [InlineData("not Avro at all", "no registry prefix", 2)]
    [InlineData("unknown id", "schema id 2000000000 is not known to", 2)]
    [InlineData("malformed", "the value is not what streaming.inventory.v2.ProductRegistered", 2)]
    [InlineData("no sequence", "its key is 'BAD' instead of aggregate@sequence", 1)]
    [InlineData("no event id", "ce_id is missing", 2)]
    public async Task A_bad_record_is_parked_with_its_reason_and_what_follows_of_its_aggregate_waits_behind_it(string kind, string reason, int parkedCount)
    {
        var (installation, sink) = await Installation.StartAsync(servers);
        await using var _ = installation;
        await using var __ = sink;
        var bad = new ProductHistory("BAD").Register("2022-01-01");
        var good = Enumerable.Range(0, 100).Select(i => $"G-{i}").First(other => EventLog.PartitionOf(other) == EventLog.PartitionOf("BAD"));
        await installation.Log.AppendAsync(bad);
        var message = await BadAsync(installation.Log, kind);
        await installation.Log.WriteAsync(EventLog.PartitionOf("BAD"), message);
        await installation.Log.AppendAsync(1, bad.Receive(1, "2022-01-02"));
        await installation.Log.AppendAsync(new ProductHistory(good).Register("2022-01-01"));
        await sink.AwaitAsync(good, 1);

        await sink.AwaitHealthAsync(isHealthy: true, $"{parkedCount} dead letters wait");
        using var control = installation.Control();
        var letters = await control.DeadLettersAsync("sql-sink", default);
        letters.Count.ShouldBe(parkedCount);
        letters[0].Reason.ShouldContain(reason);
        letters[0].Value.ShouldBe(message.Value);
        letters[0].Key.ShouldBe(message.Key);
        letters[0].Headers.Select(header => header.Key).ShouldBe((message.Headers ?? []).Select(header => header.Key));
        letters.Skip(1).ShouldAllBe(letter => letter.Behind == letters[0].Position);
        (await sink.AwaitAsync("BAD", 1)).GetProperty("version").GetInt64().ShouldBe(parkedCount == 2 ? 1 : 2);

        // Discarded, and the next in line handled after all.
        var asked = Request(SinkRequestKind.Discard, Target(letters[0]));
        (await control.AskAsync("sql-sink", asked, Eventually.DefaultDeadline, default)).Single().IsDone.ShouldBeTrue();
        foreach (var letter in letters.Skip(1))
            (await control.AskAsync("sql-sink", Request(SinkRequestKind.Redrive, Target(letter)), Eventually.DefaultDeadline, default)).Single().IsDone.ShouldBeTrue();
        await sink.AwaitHealthAsync(isHealthy: true, "0 offsets to go");
        await sink.AwaitAsync("BAD", 2);
    }

    [Theory]
    [InlineData("tombstone", "deletes BAD@2, which nobody has erased")]
    [InlineData("gap", "BAD has sequence 3 where 2 was due")]
    [InlineData("contradiction", "key BAD@1 was written before with another value")]
    public async Task A_damaged_log_stops_its_partition_alone_and_health_names_it(string kind, string reason)
    {
        var (installation, sink) = await Installation.StartAsync(servers);
        await using var _ = installation;
        await using var __ = sink;
        var bad = new ProductHistory("BAD").Register("2022-01-01");
        var good = InAnotherPartition("BAD");
        await installation.Log.AppendAsync(bad);
        await installation.Log.WriteAsync(EventLog.PartitionOf("BAD"), await BadAsync(installation.Log, kind));
        await installation.Log.AppendAsync(1, bad.Receive(1, "2022-01-02"));

        var health = await sink.AwaitHealthAsync(isHealthy: false, "stopped");
        await installation.Log.AppendAsync(new ProductHistory(good).Register("2022-01-01"));
        await sink.AwaitAsync(good, 1);

        JsonDocument.Parse(health).RootElement.GetProperty("checks").GetProperty("sink").GetProperty("description").GetString()!
            .ShouldContain(reason);
        health.ShouldContain($"{installation.Log.Topic}-{EventLog.PartitionOf("BAD")}");
        (await sink.AwaitAsync("BAD", 1)).GetProperty("version").GetInt64().ShouldBe(1);
    }

    [Fact]
    public async Task A_host_that_starts_before_its_database_says_so_and_begins_when_it_is_there()
    {
        await using var nowhere = await SinkDatabase.CreateAsync(servers.Postgres);
        var connection = new Npgsql.NpgsqlConnectionStringBuilder(nowhere.ConnectionString);
        var name = connection.Database!;
        connection.Database = $"{name}_later";
        await using var sink = await RunningSink.StartAsync(servers.Kafka.BootstrapServers, servers.Registry.Url, connection.ConnectionString,
            SomeNames.Prefix(), "--Sinks:RetryDelayMs=20", "--Sinks:RetryDelayMaxMs=100");

        await sink.AwaitHealthAsync(isHealthy: false, "the destination is not ready");
        (await sink.Http.GetAsync("/stock/A")).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        await nowhere.ExecuteAsync($"CREATE DATABASE {name}_later");

        await sink.AwaitHealthAsync(isHealthy: true, "24 of 24 partitions run");
        await sink.StopAsync();
        await nowhere.ExecuteAsync($"DROP DATABASE {name}_later WITH (FORCE)");
    }

    private static SinkRequest Request(SinkRequestKind kind, SinkTarget target) =>
        new(Guid.CreateVersion7().ToString(), kind, "an operator", DateTimeOffset.UnixEpoch, "a test", [target]);

    private static SinkTarget Target(DeadLetter letter) => new(letter.Topic, letter.Partition, letter.Offset);

    private static string Record(JsonElement stock) =>
        $"[{stock.GetProperty("sku")}, {stock.GetProperty("unitCount")}, {stock.GetProperty("dateIncoming")}, {stock.GetProperty("dateOutgoing")}]";

    private static async Task<List<string>> RecordsAsync(RunningSink sink)
    {
        var records = new List<string>();
        foreach (var day in new[] { "2022-02-01", "2022-03-01", "2022-03-15", "2022-04-01" })
            records.Add(Record(await sink.GetAsync($"/stock/XYZ-1?asOf={day}")));
        return records;
    }

    private static string InAnotherPartition(string sku) =>
        Enumerable.Range(0, 100).Select(i => $"A-{i}").First(other => EventLog.PartitionOf(other) != EventLog.PartitionOf(sku));

    private static async Task ResetAsync(Installation installation, int partition, long offset)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = installation.BootstrapServers }).Build();
        await admin.AlterConsumerGroupOffsetsAsync(
        [
            new ConsumerGroupTopicPartitionOffsets(installation.Group, [new TopicPartitionOffset(installation.Log.Topic, partition, offset)]),
        ]);
    }

    private static async Task<Message<byte[], byte[]>> BadAsync(EventLog log, string kind)
    {
        var message = await log.MessageAsync(new ProductHistory("BAD").Register("2022-01-01", "another").Events[0], kind switch
        {
            "gap" => 3,
            "contradiction" => 1,
            _ => 2,
        });
        switch (kind)
        {
            case "tombstone": message.Value = null!; break;
            case "not Avro at all": message.Value = Encoding.UTF8.GetBytes("{\"sku\":\"BAD\"}"); break;
            case "unknown id": message.Value = [0, 0x77, 0x35, 0x94, 0x00, .. message.Value[5..]]; break;
            case "malformed": message.Value = message.Value[..^3]; break;
            case "no sequence": message.Key = "BAD"u8.ToArray(); break;
            case "no event id": message.Headers.Remove("ce_id"); break;
        }

        return message;
    }
}
