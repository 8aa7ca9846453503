using Streaming.Contracts.Topics;
using Streaming.Hosting.Kafka;

namespace Streaming.Hosting.Tests.Kafka;

public sealed class TopicCheckTests
{
    private static readonly TopicDefinition Events = TopicCatalogue.Inventory.Events;

    [Fact]
    public void A_topic_as_the_catalogue_asks_is_fine() => Check(setting: AsDefined).ShouldBeNull();

    [Fact]
    public void Another_partition_count_is_refused() =>
        Check(partitionCount: 12, setting: AsDefined).ShouldNotBeNull().ShouldContain("has 12 partitions, the catalogue asks for 6");

    [Fact]
    public void Another_policy_is_refused_and_the_command_that_mends_it_is_named() =>
        Check(setting: name => name == "cleanup.policy" ? "delete" : AsDefined(name))
            .ShouldNotBeNull().ShouldContain("--add-config cleanup.policy=compact");

    [Fact]
    public void Fewer_copies_than_asked_are_refused()
    {
        Check(replicationFactor: 3, setting: AsDefined).ShouldNotBeNull().ShouldContain("1 copies");
        Check(replicationFactor: -1, setting: AsDefined).ShouldBeNull();
    }

    private static string? Check(int partitionCount = 6, short replicationFactor = -1, Func<string, string?>? setting = null) =>
        TopicCheck.FirstMismatch(Events, partitionCount, replicaCount: 1, replicationFactor, setting!);

    private static string? AsDefined(string name) => Events.Settings.GetValueOrDefault(name);
}
