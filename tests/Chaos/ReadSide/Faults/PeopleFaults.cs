using Streaming.Contracts.Topics;

namespace Streaming.Chaos.ReadSide.Faults;

/// <summary>What people do to a sink, by mistake or on purpose: all of it has events delivered again.</summary>
internal static class PeopleFaults
{
    public static readonly IReadOnlyList<ReadFault> All =
    [
        new("the group is moved back", MoveBackAsync),
        new("streamctl sinks reset", ResetAsync),
    ];

    private static async Task<string> MoveBackAsync(ReadStage stage, SinkHosts sink, Random random, CancellationToken stopping) =>
        $"{await sink.MoveBackAsync(random, stopping)} partitions, by the admin API";

    private static async Task<string> ResetAsync(ReadStage stage, SinkHosts sink, Random random, CancellationToken stopping)
    {
        var topics = TopicCatalogue.All[random.Next(TopicCatalogue.All.Count)];
        var topic = stage.TopicOf(topics.Events.Name);
        string[] where = random.Next(4) switch
        {
            0 => ["--to", "earliest"],
            1 => ["--topic", stage.TopicOf(TopicCatalogue.Inventory.Events.Name), "--key", "LONG-1"],
            2 => ["--topic", topic, "--to", "earliest"],
            _ => ["--topic", topic, "--partition", $"{random.Next(topics.PartitionCount)}", "--to", "earliest"],
        };
        // Never ahead of where a sink may be: that would leave events out, as asked. Where hosts or the broker are killed meanwhile, nothing may be asked at all.
        var run = await stage.Streamctl.RunAsync(["sinks", "reset", sink.Name, .. where, "--reason", "a reset among other faults", "--wait", "3"]);
        return $"{string.Join(' ', where)}{(run.ExitCode == 0 ? "" : $"; {run.Error.Split('\n')[0].Split(',')[0]}, …")}";
    }
}
