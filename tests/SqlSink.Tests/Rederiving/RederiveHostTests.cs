using Npgsql;
using Streaming.Contracts.Control;
using Streaming.Fixtures;
using Streaming.SqlSink.Tests.Support;

namespace Streaming.SqlSink.Tests.Rederiving;

/// <summary>The real program, asked through the control topic, and killed without warning in the middle of it.</summary>
public sealed class RederiveHostTests(Servers servers) : IClassFixture<Servers>
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_request_that_a_kill_interrupted_is_done_by_the_next_host_and_replaces_just_what_it_names()
    {
        await using var installation = await Installation.PrepareAsync(servers);
        await using var host = installation.Program();
        await host.StartReadyAsync(_patience);
        var partition = EventLog.PartitionOf("XYZ-1");
        var other = Enumerable.Range(0, 100).Select(i => $"B-{i}").First(sku => EventLog.PartitionOf(sku) == partition);
        await installation.Log.AppendAsync(ProductHistory.Reference("XYZ-1"), ProductHistory.Reference(other));
        await Eventually.Async(async () => (await installation.Database.RowsAsync("SELECT sku FROM stock WHERE version = 8")).Count == 2, _patience, $"both are there\n{host.Output}");
        var before = await installation.Database.ContentAsync();
        // What other code might have derived.
        await installation.Database.ExecuteAsync("UPDATE stock SET on_hand = -1; UPDATE stock_movements SET reference = 'of then'");

        using var control = installation.Control();
        Task<IReadOnlyList<SinkAnswer>> asked;
        await using (var connection = await installation.Database.Source.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using var holding = new NpgsqlCommand("LOCK TABLE stock IN SHARE MODE", connection);
            await holding.ExecuteNonQueryAsync();
            asked = control.AskAsync("sql-sink", Request(new SinkTarget(installation.Log.Topic, partition), "XYZ-1"), _patience, default);
            await Eventually.Async(
                async () => (await installation.Database.RowsAsync("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")).Count > 0,
                _patience, $"it is in the middle of it\n{host.Output}");
            await host.KillAsync();
        }

        host.Start();
        (await asked).Single().ShouldSatisfyAllConditions(answer => answer.IsDone.ShouldBeTrue(answer.Message), answer => answer.Message.ShouldBe("1 aggregates were derived again from 8 events."));
        (await installation.Database.RowsAsync("SELECT sku, on_hand FROM stock ORDER BY sku")).ShouldBe([$"{other}|-1", "XYZ-1|190"]);
        (await installation.Database.RowsAsync("SELECT sku, count(*) AS n FROM stock_movements WHERE reference = 'of then' GROUP BY sku")).ShouldBe([$"{other}|8"]);

        // All to which something happened in a part of the log: the other one's last event lies there.
        var bounded = await control.AskAsync("sql-sink", Request(new SinkTarget(installation.Log.Topic, partition, Offset: 15, Until: 16), key: null), _patience, default);
        bounded.Single().Message.ShouldBe("1 aggregates were derived again from 8 events.");
        (await installation.Database.ContentAsync()).ShouldBe(before);
        (await installation.Database.RowsAsync($"SELECT next_offset, epoch FROM checkpoints WHERE partition = {partition} AND topic LIKE '%inventory.events'")).ShouldBe(["16|1"]);
    }

    private static SinkRequest Request(SinkTarget target, string? key) =>
        new(Guid.CreateVersion7().ToString(), SinkRequestKind.Rederive, "an operator", DateTimeOffset.UnixEpoch, "a test", [target], Key: key);
}
