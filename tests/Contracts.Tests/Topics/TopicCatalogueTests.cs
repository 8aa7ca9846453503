using Streaming.Contracts.Topics;

namespace Streaming.Contracts.Tests.Topics;

public sealed class TopicCatalogueTests
{
    [Fact]
    public void Partition_counts_are_equal_within_a_context()
    {
        foreach (var context in TopicCatalogue.All)
            context.All.Select(topic => topic.PartitionCount).Distinct().ShouldBe([context.PartitionCount], context.Context);
    }

    [Fact]
    public void Events_are_compacted_and_never_deleted()
    {
        foreach (var context in TopicCatalogue.All)
        {
            context.Events.Settings["cleanup.policy"].ShouldBe("compact");
            context.Events.Settings["retention.ms"].ShouldBe("-1");
        }
    }

    [Fact]
    public void Commands_are_as_old_as_the_cluster_says()
    {
        foreach (var context in TopicCatalogue.All)
            context.Commands.Settings["message.timestamp.type"].ShouldBe("LogAppendTime");
    }

    [Fact]
    public void A_prefix_renames_every_topic_and_nothing_else()
    {
        var renamed = TopicCatalogue.Inventory.WithPrefix("blue.");
        renamed.All.Select(topic => topic.Name).ShouldBe([
            "blue.inventory.commands", "blue.inventory.results", "blue.inventory.events", "blue.inventory.snapshots", "blue.inventory.erasures",
        ]);
        renamed.Events.Settings.ShouldBe(TopicCatalogue.Inventory.Events.Settings);
    }
}
