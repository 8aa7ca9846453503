using Confluent.Kafka;
using Streaming.Fixtures;

namespace Streaming.Broker.Conformance.Tests.Groups;

/// <summary>kill -9 of a broker under its groups: members go on where they were, and nothing that was committed is lost.</summary>
public sealed class GroupsAfterKillTests : IDisposable
{
    private readonly TempFolder _folder = new("groups");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(GroupProtocol.Classic)]
    [InlineData(GroupProtocol.Consumer)]
    public async Task Members_and_offsets_survive(GroupProtocol protocol)
    {
        var port = FreePorts.One();
        var broker = await BrokerProcess.StartAsync(_folder.Path, port);
        using var scene = await GroupScene.CreateAsync(broker.BootstrapServers, protocol);
        // Longer than the broker is away, so that nobody gives up.
        var config = scene.ConsumerConfig();
        if (protocol == GroupProtocol.Classic)
            config.SessionTimeoutMs = 60_000;
        var member = scene.Join(config);
        await Eventually.Async(() => member.Partitions.Count == 4, GroupScene.Patience, "an assignment");
        member.Commit(new TopicPartitionOffset(scene.Partition(0), 5));
        var pending = scene.Transactions();
        pending.BeginTransaction();
        pending.SendOffsetsToTransaction([new TopicPartitionOffset(scene.Partition(1), 7)], member.Metadata, Clients.Deadline);
        var before = await StateAsync(scene);

        await broker.KillAsync();
        await broker.DisposeAsync();
        await using var restarted = await BrokerProcess.StartAsync(_folder.Path, port);

        (await StateAsync(scene)).ShouldBe(before);
        (await scene.CommittedAsync(0)).ShouldBe(5);
        (await scene.CommittedAsync(1)).ShouldBeNull();
        pending.CommitTransaction(Clients.Deadline);
        (await scene.CommittedAsync(1)).ShouldBe(7);
        member.Commit(new TopicPartitionOffset(scene.Partition(0), 6));
        (await scene.CommittedAsync(0)).ShouldBe(6);
        member.Events.ShouldBe(["assigned 0,1,2,3"]);
        member.Close();
    }

    private static async Task<string> StateAsync(GroupScene scene)
    {
        var group = (await scene.Admin.DescribeConsumerGroupsAsync([scene.Group])).ConsumerGroupDescriptions.Single();
        return $"{group.State}: {string.Join("; ", group.Members.Select(m => $"{m.ConsumerId} has {string.Join(',', m.Assignment.TopicPartitions)}"))}";
    }
}
