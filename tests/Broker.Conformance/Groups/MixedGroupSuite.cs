using Streaming.Broker.Groups.Consumer;
using Streaming.Broker.Wire;
using Streaming.Fixtures;

namespace Streaming.Broker.Conformance.Tests.Groups;

/// <summary>Members of both protocols in one group, request by request: the same errors, generations and epochs as Apache Kafka's.</summary>
public abstract class MixedGroupSuite(KafkaFixture kafka)
{
    private readonly OneBroker _broker = OneBroker.Of(kafka.BootstrapServers);

    [ConformanceFact]
    public async Task A_cooperative_member_is_taken_along_step_by_step()
    {
        using var group = await RawGroup.CreateAsync(_broker);
        var classic = await StableAsync(group);

        var joined = await group.BeatAsync("new", epoch: 0);
        (joined.Error, joined.MemberEpoch, joined.Assignment!.Count).ShouldBe((ErrorCode.None, 2, 0), joined.Message);
        (await group.HeartbeatAsync(classic, generation: 1)).ShouldBe(ErrorCode.RebalanceInProgress);
        var told = await group.JoinAsync(classic, [0, 1, 2, 3]);
        (told.Error, told.Generation, told.ProtocolType, told.ProtocolName, told.Leader, told.SkipAssignment, told.Members.Count).ShouldBe((ErrorCode.None, 1, "consumer", "range", "", false, 0));
        var keeps = (await group.SyncAsync(classic, generation: 1)).Partitions;
        keeps.Count.ShouldBe(2);
        (await group.BeatAsync("new", epoch: 2)).Assignment.ShouldBeNull();
        (await group.HeartbeatAsync(classic, generation: 1)).ShouldBe(ErrorCode.RebalanceInProgress);
        (await group.JoinAsync(classic, keeps)).Generation.ShouldBe(2);
        (await group.HeartbeatAsync(classic, generation: 2)).ShouldBe(ErrorCode.None);
        (await group.SyncAsync(classic, generation: 2)).Partitions.ShouldBe(keeps);

        Numbers((await group.BeatAsync("new", epoch: 2)).Assignment!).Concat(keeps).Order().ShouldBe([0, 1, 2, 3]);
    }

    [ConformanceFact]
    public async Task A_classic_member_waits_for_what_another_gives_up()
    {
        using var group = await RawGroup.CreateAsync(_broker);
        var all = (await group.BeatAsync("new", epoch: 0)).Assignment!;
        all.Count.ShouldBe(4);

        var joined = await group.JoinNewAsync();
        (joined.Error, joined.Generation, joined.Leader).ShouldBe((ErrorCode.None, 2, ""));
        (await group.SyncAsync(joined.MemberId, generation: 2)).Partitions.ShouldBeEmpty();
        (await group.HeartbeatAsync(joined.MemberId, generation: 2)).ShouldBe(ErrorCode.None);
        var keeps = (await group.BeatAsync("new", epoch: 1)).Assignment!;
        keeps.Count.ShouldBe(2);
        (await group.HeartbeatAsync(joined.MemberId, generation: 2)).ShouldBe(ErrorCode.None);
        (await group.BeatAsync("new", epoch: 1, keeps)).MemberEpoch.ShouldBe(2);
        (await group.HeartbeatAsync(joined.MemberId, generation: 2)).ShouldBe(ErrorCode.RebalanceInProgress);
        (await group.JoinAsync(joined.MemberId)).Generation.ShouldBe(2);

        (await group.SyncAsync(joined.MemberId, generation: 2)).Partitions.Concat(Numbers(keeps)).Order().ShouldBe([0, 1, 2, 3]);
    }

    [ConformanceFact]
    public async Task The_last_of_the_consumer_protocol_leaves_a_classic_group_that_rebalances()
    {
        using var group = await RawGroup.CreateAsync(_broker);
        var classic = await StableAsync(group);
        await group.BeatAsync("new", epoch: 0);
        (await group.JoinAsync(classic)).Generation.ShouldBe(2);
        (await group.SyncAsync(classic, generation: 2)).Error.ShouldBe(ErrorCode.None);

        (await group.BeatAsync("new", ConsumerHeartbeatRequest.LeaveEpoch)).Error.ShouldBe(ErrorCode.None);

        var beat = await group.HeartbeatAsync(classic, generation: 2);
        beat.ShouldBe(ErrorCode.RebalanceInProgress);
        var joined = await group.JoinAsync(classic, [0, 1]);
        (joined.Error, joined.Leader, joined.Members.Count).ShouldBe((ErrorCode.None, classic, 1));
        joined.Generation.ShouldBe(3);
        (await group.SyncAsync(classic, joined.Generation, [0, 1, 2, 3])).Partitions.ShouldBe([0, 1, 2, 3]);
        (await group.HeartbeatAsync(classic, joined.Generation)).ShouldBe(ErrorCode.None);
        (await group.BeatAsync("new", epoch: 2)).Error.ShouldBe(ErrorCode.GroupIdNotFound);
    }

    [ConformanceFact]
    public async Task The_last_classic_member_leaves_a_group_of_the_consumer_protocol()
    {
        using var group = await RawGroup.CreateAsync(_broker);
        var classic = await StableAsync(group);
        await group.BeatAsync("new", epoch: 0);

        (await group.LeaveAsync(classic)).ShouldBe(ErrorCode.None);

        (await group.BeatAsync("new", epoch: 2)).MemberEpoch.ShouldBe(3);
        (await group.HeartbeatAsync(classic, generation: 1)).ShouldBe(ErrorCode.UnknownMemberId);
    }

    [ConformanceFact]
    public async Task What_is_refused()
    {
        using var group = await RawGroup.CreateAsync(_broker);
        var classic = await StableAsync(group);
        await group.BeatAsync("new", epoch: 0);

        (await group.SyncAsync(classic, generation: 1)).Error.ShouldBe(ErrorCode.RebalanceInProgress);
        (await group.SyncAsync(classic, generation: 1, protocolName: "another")).Error.ShouldBe(ErrorCode.InconsistentGroupProtocol);
        (await group.SyncAsync(classic, generation: 2)).Error.ShouldBe(ErrorCode.IllegalGeneration);
        (await group.HeartbeatAsync(classic, generation: 2)).ShouldBe(ErrorCode.IllegalGeneration);
        (await group.HeartbeatAsync("new", generation: 2)).ShouldBe(ErrorCode.UnknownMemberId);
        (await group.SyncAsync("new", generation: 2)).Error.ShouldBe(ErrorCode.UnknownMemberId);
        (await group.HeartbeatAsync("stranger", generation: 2)).ShouldBe(ErrorCode.UnknownMemberId);
        (await group.JoinAsync("", strategy: "another")).Error.ShouldBe(ErrorCode.InconsistentGroupProtocol);
        (await group.JoinAsync("", protocolType: "connect")).Error.ShouldBe(ErrorCode.InconsistentGroupProtocol);
        (await group.JoinAsync("stranger", instance: "host-1")).Error.ShouldBe(ErrorCode.UnknownMemberId);
        (await group.LeaveAsync("stranger")).ShouldBe(ErrorCode.UnknownMemberId);
        (await group.JoinAsync("stranger")).Error.ShouldBe(ErrorCode.None, "an id that was made up for it, for all that the group knows");
    }

    [ConformanceFact]
    public async Task Members_that_are_no_consumers_are_not_taken_along()
    {
        using var group = await RawGroup.CreateAsync(_broker);
        var asked = await group.JoinAsync("", protocolType: "connect");
        (await group.JoinAsync(asked.MemberId, protocolType: "connect")).Error.ShouldBe(ErrorCode.None);

        var refused = await group.BeatAsync("new", epoch: 0);

        refused.Error.ShouldBe(ErrorCode.GroupIdNotFound);
        refused.Message.ShouldNotBeNull().ShouldContain("because the group does not use the consumer embedded protocol.");
    }

    private static IEnumerable<int> Numbers(PartitionSet partitions) => partitions.All.Select(p => p.Partition);

    /// <summary>A classic group of one that has everything, in generation 1.</summary>
    private static async Task<string> StableAsync(RawGroup group)
    {
        var joined = await group.JoinNewAsync();
        (joined.Error, joined.Generation).ShouldBe((ErrorCode.None, 1));
        (await group.SyncAsync(joined.MemberId, generation: 1, [0, 1, 2, 3])).Error.ShouldBe(ErrorCode.None);
        return joined.MemberId;
    }
}

public sealed class EmbeddedMixedGroupTests(EmbeddedKafkaFixture kafka) : MixedGroupSuite(kafka), IClassFixture<EmbeddedKafkaFixture>;

[Needs(RealServer.Kafka)]
public sealed class RealMixedGroupTests(RealKafkaFixture kafka) : MixedGroupSuite(kafka), IClassFixture<RealKafkaFixture>;
