using Streaming.Chaos;
using Streaming.Chaos.Clusters;
using Streaming.EndToEnd.Tests.Workload;

namespace Streaming.EndToEnd.Tests.WriteSide;

/// <summary>Partitions that move while batches of theirs are being decided, and a broker that dies meanwhile.</summary>
public sealed class MovingPartitionsTests
{
    private const int SkuCount = 60;
    private const int CallersAtOnce = 24;    // So many that each partition has a batch in hand, or waiting.
    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_batch_in_hand_when_its_partition_is_revoked_is_decided_once()
    {
        var seed = Seeds.Next();
        await using var stage = await Stage.StartAsync(await EmbeddedCluster.StartAsync(), running: 1);
        await using var callers = Callers.Start(stage, InventoryPlan.Of(seed, SkuCount, int.MaxValue), CallersAtOnce);
        for (var round = 0; round < 2; round++)
        {
            await callers.MoreAsync(300);
            await stage.Hosts[1].StartReadyAsync(StartDeadline);    // Takes half of the partitions.
            await callers.MoreAsync(300);
            await stage.Hosts[1].StopAsync();                       // And gives them back.
        }

        await callers.MoreAsync(300);
        await callers.EndWellAsync(stage, seed);
    }

    [Fact]
    [Trait("Run", "soak")]
    public async Task A_rebalance_storm_doubles_and_loses_nothing()
    {
        var seed = Seeds.Next();
        await using var stage = await Stage.StartAsync(await EmbeddedCluster.StartAsync());
        await using var callers = Callers.Start(stage, InventoryPlan.Of(seed, SkuCount, int.MaxValue), CallersAtOnce);
        for (var round = 0; round < 4; round++)
        {
            await callers.MoreAsync(100);
            await using var third = stage.NewHost();
            await third.StartReadyAsync(StartDeadline);
            // It leaves in order every other time; otherwise it is killed, and missed.
            if (round % 2 == 0)
                await third.StopAsync();
        }

        await callers.MoreAsync(100);
        await callers.EndWellAsync(stage, seed);
    }

    [Fact]
    public async Task A_broker_that_is_killed_while_commands_flow_doubles_and_loses_nothing()
    {
        var seed = Seeds.Next();
        await using var stage = await Stage.StartAsync(await EmbeddedCluster.StartAsync());
        await using var callers = Callers.Start(stage, InventoryPlan.Of(seed, SkuCount, int.MaxValue), CallersAtOnce);
        for (var round = 0; round < 4; round++)
        {
            await callers.MoreAsync(300);
            await stage.Cluster.KillAsync();
            await stage.Cluster.StartAgainAsync();
        }

        await callers.MoreAsync(300);
        await stage.AllReadyAsync();
        await callers.EndWellAsync(stage, seed);
    }
}
