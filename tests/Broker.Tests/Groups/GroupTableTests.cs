using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Broker.Groups;
using Streaming.Broker.Groups.Membership;
using Streaming.Broker.Groups.Offsets;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Groups;

public sealed class GroupTableTests : IDisposable
{
    private static readonly GroupMember Nobody = new("", GroupInstanceId: null, Generation: -1);
    private static readonly TopicPartition Orders = new("orders", 0);
    private static readonly ProducerStamp Producer = new(ProducerId: 7, ProducerEpoch: 0);

    private readonly ManualTime _time = new();
    private readonly MemoryJournal[] _journals = [new(0), new(1)];
    private readonly List<GroupTable> _started = [];

    [Fact]
    public void Committed_offsets_and_their_metadata_survive_a_restart()
    {
        Commit(Start(), "shop", offset: 190);

        Fetch(Start(), "shop").ShouldBe(new CommittedOffset(190, LeaderEpoch: 7, "noon", _time.Start.ToUnixTimeMilliseconds()));
    }

    [Fact]
    public void There_are_so_many_groups_and_no_more()
    {
        var table = Start(new GroupOptions { GroupsMax = 2 });
        Commit(table, "shop", offset: 1);
        Commit(table, "mill", offset: 1);

        table.Enter("inn", mayBegin: true, unknown: ErrorCode.GroupIdNotFound).ShouldBe((ErrorCode.PolicyViolation, null));
        table.Enter("inn", mayBegin: false, unknown: ErrorCode.GroupIdNotFound).ShouldBe((ErrorCode.GroupIdNotFound, null));
        table.Enter("shop", mayBegin: true, unknown: ErrorCode.GroupIdNotFound).Group.ShouldBe(table.Find("shop"));
        table.Delete("mill").ShouldBe(ErrorCode.None);
        table.Enter("inn", mayBegin: true, unknown: ErrorCode.GroupIdNotFound).Error.ShouldBe(ErrorCode.None);
    }

    [Fact]
    public async Task Members_and_their_assignments_survive_a_restart()
    {
        var joined = await StableAsync(Start());

        var after = Start().Find("shop")!;

        after.Heartbeat(new HeartbeatRequest("shop", joined.Generation, joined.MemberId, GroupInstanceId: null)).Error.ShouldBe(ErrorCode.None);
        after.See((group, _) => group.State).ShouldBe(GroupState.Stable);
    }

    [Fact]
    public async Task A_silent_member_is_removed_without_anybody_asking()
    {
        var table = Start();
        await StableAsync(table);

        _time.Advance(TimeSpan.FromSeconds(9));
        table.Find("shop")!.See((group, _) => group.State).ShouldBe(GroupState.Stable);
        _time.Advance(TimeSpan.FromSeconds(1));

        table.Find("shop")!.See((group, _) => group.State).ShouldBe(GroupState.Empty);
    }

    [Fact]
    public async Task A_silent_member_keeps_nobody_from_deleting_its_group_even_when_the_timer_is_late()
    {
        var table = Start();
        await StableAsync(table);

        _time.AdvanceBeforeTimers(TimeSpan.FromSeconds(9.999));
        table.Delete("shop").ShouldBe(ErrorCode.NonEmptyGroup);
        _time.AdvanceBeforeTimers(TimeSpan.FromSeconds(0.001));

        table.Delete("shop").ShouldBe(ErrorCode.None);
        _time.Advance(TimeSpan.FromSeconds(1));
        table.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task Heartbeats_keep_a_member_alive()
    {
        var table = Start();
        var joined = await StableAsync(table);

        for (var i = 0; i < 10; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(6));
            table.Find("shop")!.Heartbeat(new HeartbeatRequest("shop", joined.Generation, joined.MemberId, GroupInstanceId: null)).Error.ShouldBe(ErrorCode.None);
        }
    }

    [Fact]
    public void Offsets_of_a_transaction_count_when_it_commits()
    {
        var table = Start();
        Commit(table, "shop", offset: 10);
        Commit(table, "shop", offset: 20, Producer);
        Fetch(table, "shop")!.Offset.ShouldBe(10);
        IsUnstable(table, "shop").ShouldBeTrue();

        table.Ended(Producer, isCommitted: true);

        Fetch(table, "shop")!.Offset.ShouldBe(20);
        IsUnstable(table, "shop").ShouldBeFalse();
    }

    [Fact]
    public void Offsets_of_an_aborted_transaction_are_forgotten()
    {
        var table = Start();
        Commit(table, "shop", offset: 10);
        Commit(table, "shop", offset: 20, Producer);

        table.Ended(Producer, isCommitted: false);

        Fetch(table, "shop")!.Offset.ShouldBe(10);
        IsUnstable(table, "shop").ShouldBeFalse();
    }

    [Fact]
    public void A_plain_commit_after_that_of_an_open_transaction_wins()
    {
        var table = Start();
        Commit(table, "shop", offset: 20, Producer);
        Commit(table, "shop", offset: 5);

        table.Ended(Producer, isCommitted: true);

        Fetch(table, "shop")!.Offset.ShouldBe(5);
    }

    [Theory]
    [InlineData(true, 20)]
    [InlineData(false, 10)]
    public void A_transaction_that_ended_before_a_restart_has_ended_after_it(bool isCommit, long expected)
    {
        var table = Start();
        Commit(table, "shop", offset: 10);
        Commit(table, "shop", offset: 20, Producer);
        JournalOf("shop").End(Producer, isCommit);

        Fetch(Start(), "shop")!.Offset.ShouldBe(expected);
    }

    [Fact]
    public void A_transaction_open_at_a_restart_is_still_pending_and_ends_later()
    {
        Commit(Start(), "shop", offset: 20, Producer);

        var after = Start();
        IsUnstable(after, "shop").ShouldBeTrue();
        after.Ended(Producer, isCommitted: true);

        Fetch(after, "shop")!.Offset.ShouldBe(20);
    }

    [Fact]
    public void A_marker_ends_the_transaction_in_its_own_partition_only()
    {
        var (one, other) = TwoGroupsApart();
        Commit(Start(), one, offset: 20, Producer);
        Commit(Start(), other, offset: 20, Producer);
        JournalOf(other).End(Producer, isCommit: true);

        var after = Start();

        IsUnstable(after, one).ShouldBeTrue();
        IsUnstable(after, other).ShouldBeFalse();
    }

    [Fact]
    public void A_commit_that_can_not_be_written_is_not_taken()
    {
        var table = Start();
        JournalOf("shop").Error = ErrorCode.KafkaStorageError;

        Do(table, "shop", offset: 20).ShouldBe(ErrorCode.CoordinatorNotAvailable);

        Fetch(table, "shop").ShouldBeNull();
    }

    [Fact]
    public void A_fenced_producer_is_told_so()
    {
        var table = Start();
        JournalOf("shop").Error = ErrorCode.InvalidProducerEpoch;

        Do(table, "shop", offset: 20, Producer).ShouldBe(ErrorCode.InvalidProducerEpoch);
        IsUnstable(table, "shop").ShouldBeFalse();
    }

    [Fact]
    public void A_deleted_group_stays_deleted()
    {
        var table = Start();
        Commit(table, "shop", offset: 10);

        table.Delete("shop").ShouldBe(ErrorCode.None);

        table.Find("shop").ShouldBeNull();
        table.Delete("shop").ShouldBe(ErrorCode.GroupIdNotFound);
        Start().All.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_group_with_members_is_not_deleted()
    {
        var table = Start();
        await StableAsync(table);

        table.Delete("shop").ShouldBe(ErrorCode.NonEmptyGroup);
    }

    [Fact]
    public async Task Offsets_of_consumed_topics_are_not_deleted()
    {
        var table = Start();
        await StableAsync(table);
        var refunds = new TopicPartition("refunds", 0);

        var (error, errors) = table.Find("shop")!.DeleteOffsets([Orders, refunds]);

        error.ShouldBe(ErrorCode.None);
        errors.ShouldBe([ErrorCode.GroupSubscribedToTopic, ErrorCode.None]);
    }

    [Fact]
    public void Deleted_offsets_stay_deleted()
    {
        var table = Start();
        Commit(table, "shop", offset: 10);

        table.Find("shop")!.DeleteOffsets([Orders]).Errors.ShouldBe([ErrorCode.None]);

        Fetch(table, "shop").ShouldBeNull();
        Start().Find("shop").ShouldBeNull();
    }

    [Fact]
    public void Offsets_without_members_expire_a_week_after_the_last_commit()
    {
        var table = Start();
        Commit(table, "shop", offset: 10);

        _time.Advance(TimeSpan.FromDays(6));
        Commit(table, "shop", offset: 11);
        _time.Advance(TimeSpan.FromDays(6));
        Fetch(table, "shop").ShouldNotBeNull();
        _time.Advance(TimeSpan.FromDays(2));

        table.Find("shop").ShouldBeNull();
        Start().All.ShouldBeEmpty();
    }

    public void Dispose()
    {
        foreach (var table in _started)
            table.Dispose();
    }

    private GroupTable Start(GroupOptions? options = null)
    {
        var table = new GroupTable(_journals, options ?? new GroupOptions(), new SomeTopics(), _time, NullLogger.Instance);
        _started.Add(table);
        return table;
    }

    private MemoryJournal JournalOf(string group) => _journals[OffsetsTopic.PartitionOf(group, _journals.Length)];

    private static (string One, string Other) TwoGroupsApart() =>
        ("shop", Enumerable.Range(0, 10).Select(i => $"shop-{i}").First(name => OffsetsTopic.PartitionOf(name, 2) != OffsetsTopic.PartitionOf("shop", 2)));

    private ErrorCode Do(GroupTable table, string group, long offset, ProducerStamp? transaction = null) => table.FindOrCreate(group).Commit(
        Nobody, [KeyValuePair.Create(Orders, new CommittedOffset(offset, LeaderEpoch: 7, "noon", _time.GetUtcNow().ToUnixTimeMilliseconds()))], transaction);

    private void Commit(GroupTable table, string group, long offset, ProducerStamp? transaction = null) =>
        Do(table, group, offset, transaction).ShouldBe(ErrorCode.None);

    private static CommittedOffset? Fetch(GroupTable table, string group) => table.Find(group)?.See((_, offsets) => offsets.Find(Orders));

    private static bool IsUnstable(GroupTable table, string group) => table.Find(group)!.See((_, offsets) => offsets.IsUnstable(Orders));

    private static async Task<JoinGroupResponse> StableAsync(GroupTable table)
    {
        var joined = await table.FindOrCreate("shop").Join(
            new JoinGroupRequest("shop", "", null, 10_000, 60_000, "consumer", [new("range", GroupStory.Subscription("orders"))], null, false, false),
            new GroupClient("client", "/127.0.0.1"));
        await table.Find("shop")!.Sync(new SyncGroupRequest("shop", joined.Generation, joined.MemberId, null, null, null, [new(joined.MemberId, GroupStory.Bytes("all"))]));
        return joined;
    }
}
