using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Broker.Groups;
using Streaming.Broker.Groups.Consumer;
using Streaming.Broker.Groups.Membership;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Groups.Migration;

/// <summary>A group with its coordinator and its journal, on a clock that stands, to which members of both protocols come.</summary>
internal sealed class MixedStory : IDisposable
{
    private static readonly GroupClient Client = new("client", "/127.0.0.1");
    private readonly GroupOptions _options;
    private GroupTable _groups;

    public MixedStory(GroupOptions? options = null)
    {
        _options = options ?? new GroupOptions();
        _groups = Open();
    }

    public ManualTime Time { get; } = new();
    public SomeTopics Topics { get; } = new();
    public MemoryJournal Journal { get; } = new();

    public CoordinatedGroup Group => _groups.FindOrCreate("orders");

    public GroupKind Kind => Group.See((members, _) => members.Kind);

    public GroupState State => Group.See((members, _) => members.State);

    public int Generation => Group.See((members, _) => members.Generation);

    /// <summary>What it remembers as a group of the consumer protocol.</summary>
    public ConsumerGroupState Remembered => Group.See((members, _) => ((ConsumerGroup)members).Remembered);

    /// <summary>The broker starts again. Requests that wait are never answered.</summary>
    public void Restart()
    {
        _groups.Dispose();
        _groups = Open();
    }

    public ConsumerHeartbeatResponse Send(ConsumerHeartbeatRequest request) => Group.Heartbeat(request, Client);

    public ConsumerHeartbeatResponse Beat(string memberId, int epoch, string? owned = null, string? instance = null, string topics = "orders") =>
        Send(new ConsumerHeartbeatRequest("orders", memberId, epoch, instance, RackId: null, RebalanceTimeoutMs: 60_000, topics.Split(' '), TopicPattern: null, ServerAssignor: null, Owned: epoch == 0 ? [] : owned is null ? null : Partitions(owned).ByTopic));

    public ConsumerHeartbeatResponse Leave(string memberId) =>
        Send(new ConsumerHeartbeatRequest("orders", memberId, ConsumerHeartbeatRequest.LeaveEpoch, null, null, -1, null, null, null, null));

    public Task<JoinGroupResponse> Join(string memberId, string owned = "", string? instance = null, string topics = "orders", string strategy = "range", bool knowsMemberIdRequired = false) => Group.Join(
        new JoinGroupRequest(
            "orders", memberId, instance, SessionTimeoutMs: 45_000, RebalanceTimeoutMs: 60_000, "consumer", [new MemberProtocol(strategy, Subscription(topics.Split(' '), Partitions(owned)))], Reason: null,
            knowsMemberIdRequired, CanSkipAssignment: true),
        Client);

    public Task<SyncGroupResponse> Sync(string memberId, int generation, params IReadOnlyList<MemberAssignment> assignments) =>
        Group.Sync(new SyncGroupRequest("orders", generation, memberId, GroupInstanceId: null, "consumer", ProtocolName: null, assignments));

    public ErrorCode Heartbeat(string memberId, int generation, string? instance = null) => Group.Heartbeat(new HeartbeatRequest("orders", generation, memberId, instance)).Error;

    public ErrorCode LeaveClassic(string memberId) => Group.Leave(new LeaveGroupRequest("orders", [new LeavingMember(memberId, null, null)])).Members.Single().Error;

    /// <summary>ConsumerProtocolSubscription v3.</summary>
    public ReadOnlyMemory<byte> Subscription(string[] topics, PartitionSet owned)
    {
        using var writer = new WireWriter();
        writer.Reset(version: 0, isFlexible: false);
        writer.WriteInt16(3);
        writer.WriteStringArray(topics);
        writer.WriteInt32(-1);
        writer.WriteArray(NamedPartitions.Of(owned, Topics), static (w, one) => one.Write(w));
        writer.WriteInt32(-1);
        writer.WriteNullableString(null);
        return writer.Written.ToArray();
    }

    public PartitionSet AssignedIn(SyncGroupResponse synced) => NamedPartitions.ToSet(ConsumerAssignment.Read(synced.Assignment)!.Partitions, Topics);

    public MemberAssignment Assignment(string memberId, PartitionSet partitions) => new(memberId, ConsumerAssignment.Write(version: 0, NamedPartitions.Of(partitions, Topics)));

    /// <summary>Written as "orders:0,1".</summary>
    public string Text(PartitionSet partitions) => string.Join(' ', NamedPartitions.Of(partitions, Topics).Select(one => $"{one.Topic}:{string.Join(',', one.Partitions)}").Order());

    public PartitionSet Partitions(string text) => NamedPartitions.ToSet(
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(topic => topic.Split(':')).Select(topic => new NamedPartitions(topic[0], [.. topic[1].Split(',').Select(int.Parse)])), Topics);

    public void Dispose() => _groups.Dispose();

    private GroupTable Open() => new([Journal], _options, Topics, Time, NullLogger.Instance);
}
