using System.Buffers.Binary;
using System.Text;
using Streaming.Broker.Groups;
using Streaming.Broker.Groups.Membership;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Groups;

/// <summary>A group on a clock that stands, and the words in which the tests tell what happens to it.</summary>
internal sealed class GroupStory : IGroupJournal
{
    private int _ids;

    public GroupStory(GroupOptions? options = null, GroupSnapshot? restored = null)
    {
        Group = new ClassicGroup("orders", this, options ?? new GroupOptions(), Time, () => new Guid(++_ids, 0, 0, new byte[8]));
        if (restored is not null)
            Group.Restore(restored);
    }

    public ManualTime Time { get; } = new();
    public ClassicGroup Group { get; }
    public List<GroupSnapshot> Saved { get; } = [];
    public bool IsDiskFull { get; set; }

    public bool TrySave(string groupId, GroupSnapshot snapshot)
    {
        if (!IsDiskFull)
            Saved.Add(snapshot);
        return !IsDiskFull;
    }

    public static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>ConsumerProtocolSubscription v0: topics, and user data to tell two of the same topics apart.</summary>
    public static ReadOnlyMemory<byte> Subscription(string topic, string userData = "")
    {
        var bytes = new byte[2 + 4 + 2 + topic.Length + 4 + userData.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(2), 1);
        BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(6), (short)topic.Length);
        Encoding.UTF8.GetBytes(topic, bytes.AsSpan(8));
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(8 + topic.Length), userData.Length);
        Encoding.UTF8.GetBytes(userData, bytes.AsSpan(12 + topic.Length));
        return bytes;
    }

    public Task<JoinGroupResponse> Join(
        string memberId = "", string? instance = null, string[]? protocols = null, ReadOnlyMemory<byte>? metadata = null,
        int sessionMs = 10_000, int rebalanceMs = 60_000, bool knowsMemberIdRequired = false, bool canSkipAssignment = false, string protocolType = "consumer")
    {
        var offered = (protocols ?? ["range"]).Select(name => new MemberProtocol(name, metadata ?? Subscription("orders"))).ToList();
        return Group.Join(
            new JoinGroupRequest("orders", memberId, instance, sessionMs, rebalanceMs, protocolType, offered, Reason: null, knowsMemberIdRequired, canSkipAssignment),
            new GroupClient("client", "/127.0.0.1"));
    }

    public Task<SyncGroupResponse> Sync(JoinGroupResponse joined, params (string MemberId, string Assignment)[] assignments) =>
        Sync(joined.MemberId, joined.Generation, assignments);

    public Task<SyncGroupResponse> Sync(string memberId, int generation, params (string MemberId, string Assignment)[] assignments) =>
        Group.Sync(new SyncGroupRequest(
            "orders", generation, memberId, GroupInstanceId: null, ProtocolType: null, ProtocolName: null,
            [.. assignments.Select(a => new MemberAssignment(a.MemberId, Bytes(a.Assignment)))]));

    public ErrorCode Heartbeat(JoinGroupResponse joined, string? instance = null) =>
        Group.Heartbeat(new HeartbeatRequest("orders", joined.Generation, joined.MemberId, instance)).Error;

    public ErrorCode Leave(string memberId, string? instance = null) =>
        Group.Leave(new LeaveGroupRequest("orders", [new LeavingMember(memberId, instance, Reason: null)])).Members.Single().Error;

    /// <summary>Lets time pass for the group, beat by beat for the members named.</summary>
    public void Pass(TimeSpan time, params JoinGroupResponse[] beating)
    {
        for (var left = time; left > TimeSpan.Zero; left -= TimeSpan.FromSeconds(1))
        {
            Time.Advance(left < TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1));
            foreach (var member in beating)
                Heartbeat(member);
            Group.Advance();
        }
    }

    /// <summary>A group of one, stable.</summary>
    public JoinGroupResponse StableWithOne(string? instance = null, int rebalanceMs = 60_000)
    {
        var joined = Join(instance: instance, rebalanceMs: rebalanceMs).Result();
        Sync(joined, (joined.MemberId, "all")).Result().Error.ShouldBe(ErrorCode.None);
        return joined;
    }

    /// <summary>A group of two, stable: the leader, who has "0", and a follower, who has "1".</summary>
    public (JoinGroupResponse Leader, JoinGroupResponse Follower) StableWithTwo(string? instance = null, string? followersInstance = null)
    {
        var first = StableWithOne(instance);
        var following = Join(instance: followersInstance);
        var leading = Join(first.MemberId, instance);
        var (leader, follower) = (leading.Result(), following.Result());
        var assigned = Sync(follower);
        Sync(leader, (leader.MemberId, "0"), (follower.MemberId, "1")).Result().Error.ShouldBe(ErrorCode.None);
        assigned.Result().Assignment.ShouldBeText("1");
        return (leader, follower);
    }
}

internal static class StoryWords
{
    /// <summary>The answer, which must be there already: nothing in a group takes time but time itself.</summary>
    public static T Result<T>(this Task<T> answer)
    {
        answer.IsCompleted.ShouldBeTrue("the request still waits");
        return answer.GetAwaiter().GetResult();
    }

    public static void ShouldWait(this Task answer) => answer.IsCompleted.ShouldBeFalse("the request was answered already");

    public static void ShouldBeText(this ReadOnlyMemory<byte> bytes, string text) => Encoding.UTF8.GetString(bytes.Span).ShouldBe(text);
}
