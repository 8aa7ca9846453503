using System.Net;
using Confluent.Kafka;
using Streaming.Fixtures;
using Streaming.SqlSink.Tests.Support;

namespace Streaming.SqlSink.Tests.Erasing;

/// <summary>A product that was purged is in no table, and never comes back, whatever the log still holds of it.</summary>
public sealed class ErasureTests(Servers servers) : IClassFixture<Servers>
{
    private static readonly string _neighbour = InPartitionOf("XYZ-1", 1);
    private static readonly string _filler = InPartitionOf("XYZ-1", 2);
    private static readonly int _partition = EventLog.PartitionOf("XYZ-1");

    [Fact]
    public async Task It_disappears_while_the_sink_runs()
    {
        var (installation, sink) = await Installation.StartAsync(servers);
        await using var _ = installation;
        await using var __ = sink;
        var (erased, neighbour) = (ProductHistory.Reference(), ProductHistory.Reference(_neighbour));
        await installation.Log.AppendAsync(erased, neighbour);
        await sink.AwaitAsync(_neighbour, 8);

        await installation.Log.EraseAsync(erased);

        await GoneAsync(installation, "XYZ-1");
        foreach (var path in new[] { "/stock/XYZ-1", "/stock/XYZ-1/history", "/stock/XYZ-1?asOf=2022-03-01", "/stock/XYZ-1?asOfSequence=1" })
        {
            using var answer = await sink.Http.GetAsync(path);
            answer.StatusCode.ShouldBe(HttpStatusCode.Gone, path);
            (await answer.Content.ReadAsStringAsync()).ShouldContain("XYZ-1 was purged whole on 2025-01-01");
        }
        (await installation.Database.RowsAsync("SELECT aggregate_id, last_sequence, reason, partition FROM erasures"))
            .ShouldBe([$"XYZ-1|8|asked for by its owner|{_partition}"]);
        await installation.Log.AppendAsync(8, neighbour.Sell(1, "2022-05-01"));
        (await sink.AwaitAsync(_neighbour, 9)).GetProperty("unitCount").GetInt64().ShouldBe(189);
        await sink.AwaitHealthAsync(isHealthy: true);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    public async Task It_stays_gone_when_everything_is_derived_again_from_what_compaction_left(int tombstones)
    {
        var (installation, first) = await Installation.StartAsync(servers);
        await using var _ = installation;
        var topic = new EventsTopic(installation);
        var (erased, neighbour, filler) = (ProductHistory.Reference(), ProductHistory.Reference(_neighbour), new ProductHistory(_filler).Register("2022-01-01"));
        await installation.Log.AppendAsync(erased, neighbour, filler);
        await first.AwaitAsync("XYZ-1", 8);
        await installation.Log.EraseAsync(erased, tombstones);
        await topic.CompactAsync(filler, () => topic.Keys(_partition).Count(IsErased) == 8 - tombstones, $"{8 - tombstones} events of XYZ-1 are left");
        await first.AwaitAsync(_filler, filler.Events.Count);
        var before = await installation.Database.ContentAsync();
        before.ShouldNotContain(row => row.Contains("XYZ-1|"));
        await first.StopAsync();

        // By a reset to the earliest offset, and in an empty database.
        await ResetAsync(installation);
        await using (var second = await installation.StartSinkAsync())
        {
            await Eventually.Async(
                async () => (await installation.Database.RowsAsync($"SELECT sku FROM stock WHERE sku = '{_filler}' AND epoch = 2 AND version = {filler.Events.Count}")).Count == 1,
                Eventually.DefaultDeadline, "everything is derived again");
            await second.AwaitHealthAsync(isHealthy: true, "0 offsets to go");
        }
        (await installation.Database.ContentAsync()).ShouldBe(before);

        await installation.Database.ExecuteAsync("DROP SCHEMA streaming CASCADE");
        await using var third = await installation.StartSinkAsync();
        await third.AwaitAsync(_filler, filler.Events.Count);
        await third.AwaitHealthAsync(isHealthy: true, "0 offsets to go");
        (await installation.Database.ContentAsync()).ShouldBe(before);
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(6, false)]
    [InlineData(8, true)]
    public async Task It_disappears_though_the_sink_was_behind_and_finds_a_part_of_it_or_nothing(int tombstones, bool awaitTombstonesGone)
    {
        var (installation, first) = await Installation.StartAsync(servers);
        await using var _ = installation;
        var topic = new EventsTopic(installation);
        var (erased, filler) = (ProductHistory.Reference(), new ProductHistory(_filler).Register("2022-01-01"));
        await installation.Log.AppendAsync(new ProductHistory("XYZ-1").Take(erased, 4), filler);
        await first.AwaitAsync("XYZ-1", 4);
        await first.StopAsync();

        await installation.Log.AppendAsync(4, erased);
        await installation.Log.EraseAsync(erased, tombstones);
        await topic.CompactAsync(
            filler,
            () => topic.Keys(_partition).Count(IsErased) == 8 - tombstones && (!awaitTombstonesGone || !topic.Keys(_partition, ofTombstones: true).Any(IsErased)),
            $"{8 - tombstones} events of XYZ-1 are left");
        await using var second = await installation.StartSinkAsync();

        await second.AwaitAsync(_filler, filler.Events.Count);
        await GoneAsync(installation, "XYZ-1");
        await second.AwaitHealthAsync(isHealthy: true, "0 offsets to go");
    }

    [Fact]
    public async Task What_is_missing_without_an_erasure_still_stops_the_partition()
    {
        var (installation, first) = await Installation.StartAsync(servers);
        await using var _ = installation;
        var topic = new EventsTopic(installation);
        var (lost, erased, filler) = (ProductHistory.Reference(), ProductHistory.Reference(_neighbour), new ProductHistory(_filler).Register("2022-01-01"));
        await first.StopAsync();
        await installation.Log.AppendAsync(filler);
        await installation.Log.AppendAsync(lost, erased);
        await installation.Log.EraseAsync(erased);
        foreach (var sequence in new[] { 2, 3 })
            await installation.Log.WriteAsync(_partition, new() { Key = System.Text.Encoding.UTF8.GetBytes($"XYZ-1@{sequence}"), Value = null! });
        await topic.CompactAsync(
            filler, () => !topic.Keys(_partition).Any(key => key.StartsWith(_neighbour)) && !topic.Keys(_partition, ofTombstones: true).Any(IsErased), "what was deleted is gone");
        await using var second = await installation.StartSinkAsync();

        await second.AwaitHealthAsync(isHealthy: false, "XYZ-1 has sequence 4 where 2 was due");
        (await installation.Database.RowsAsync("SELECT sku, version FROM stock ORDER BY version")).ShouldBe([$"{_filler}|1", "XYZ-1|1"]);
    }

    private static bool IsErased(string key) => key.StartsWith("XYZ-1@", StringComparison.Ordinal);

    private static Task GoneAsync(Installation installation, string sku) => Eventually.Async(
        async () => !(await installation.Database.ContentAsync()).Exists(row => row.Contains($"{sku}|", StringComparison.Ordinal)),
        Eventually.DefaultDeadline, $"{sku} is in no table");

    private static string InPartitionOf(string sku, int nth) =>
        Enumerable.Range(0, 1_000).Select(i => $"N-{i}").Where(other => EventLog.PartitionOf(other) == EventLog.PartitionOf(sku)).ElementAt(nth);

    private static async Task ResetAsync(Installation installation)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = installation.BootstrapServers }).Build();
        await admin.AlterConsumerGroupOffsetsAsync(
            [new ConsumerGroupTopicPartitionOffsets(installation.Group, [new TopicPartitionOffset(installation.Log.Topic, _partition, 0)])]);
    }
}
