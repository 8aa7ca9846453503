using Streaming.Broker.Groups.Consumer;
using Streaming.Broker.Groups.Membership;
using Streaming.Broker.Tests;
using Streaming.Broker.Wire;
using Streaming.Fixtures;

namespace Streaming.Broker.Conformance.Tests.Groups;

/// <summary>Members of one group, of either protocol, request by request.</summary>
internal sealed class RawGroup(RawClient client, string group, string topic) : IDisposable
{
    private const int SessionTimeoutMs = 30_000;
    private const int RebalanceTimeoutMs = 30_000;

    /// <summary>A new group that this broker coordinates, of members that want four partitions of a new topic.</summary>
    public static async Task<RawGroup> CreateAsync(OneBroker broker)
    {
        var topic = await broker.CreateTopicAsync(SomeNames.Name("orders"), partitions: 4);
        var client = await RawClient.ConnectAsync(broker.Address);
        // Java's hash is the same for both endings, so that both groups have one coordinator with one view of the cluster, even within a broker.
        var (group, probe) = ("", "");
        await Eventually.Async(
            async () =>
            {
                var name = SomeNames.Name("group");
                (group, probe) = ($"{name}-Aa", $"{name}-BB");
                return await client.AskCoordinatorAsync(group, kind: 0) == (ErrorCode.None, broker.Id);
            }, Clients.Deadline, "the broker coordinates a group");
        await Eventually.Async(() => new RawGroup(client, probe, topic).IsAssignedAsync(), Clients.Deadline, "the coordinator knows its groups and the topic");
        return new RawGroup(client, group, topic);
    }

    public void Dispose() => client.Dispose();

    /// <param name="owned">Partitions of the topic that the member says it has.</param>
    public Task<JoinGroupResponse> JoinAsync(string memberId, IReadOnlyList<int>? owned = null, string strategy = "range", string? instance = null, string protocolType = "consumer") => client.AskAsync(ApiKey.JoinGroup, 9, isFlexible: true, writer =>
    {
        writer.WriteString(group);
        writer.WriteInt32(SessionTimeoutMs);
        writer.WriteInt32(RebalanceTimeoutMs);
        writer.WriteString(memberId);
        writer.WriteNullableString(instance);
        writer.WriteString(protocolType);
        writer.WriteArray([strategy], (w, name) =>
        {
            w.WriteString(name);
            w.WriteBytes(Subscription(owned ?? []));
            w.WriteEmptyTags();
        });
        writer.WriteNullableString(null);
        writer.WriteEmptyTags();
    }, static (ref reader) =>
    {
        reader.ReadInt32();
        var error = (ErrorCode)reader.ReadInt16();
        var (generation, type, name) = (reader.ReadInt32(), reader.ReadNullableString(), reader.ReadNullableString());
        var (leader, skips, memberId) = (reader.ReadString(), reader.ReadBoolean(), reader.ReadString());
        var members = reader.ReadArray(static (ref r) =>
        {
            var member = new JoinedMember(r.ReadString(), r.ReadNullableString(), r.ReadBytes().ToArray());
            r.SkipTags();
            return member;
        });
        reader.SkipTags();
        return new JoinGroupResponse(error, generation, type, name, leader, skips, memberId, members);
    });

    /// <summary>The id that a member is told to come back with, and its join.</summary>
    public async Task<JoinGroupResponse> JoinNewAsync(string strategy = "range")
    {
        var asked = await JoinAsync("", strategy: strategy);
        asked.Error.ShouldBe(ErrorCode.MemberIdRequired);
        return await JoinAsync(asked.MemberId, strategy: strategy);
    }

    /// <param name="assigned">What the member, as the leader, assigns to itself.</param>
    /// <returns>The partitions of the topic that it is assigned.</returns>
    public Task<(ErrorCode Error, string? ProtocolName, IReadOnlyList<int> Partitions)> SyncAsync(string memberId, int generation, IReadOnlyList<int>? assigned = null, string? protocolName = "range") => client.AskAsync(
        ApiKey.SyncGroup, 5, isFlexible: true, writer =>
        {
            writer.WriteString(group);
            writer.WriteInt32(generation);
            writer.WriteString(memberId);
            writer.WriteNullableString(null);
            writer.WriteNullableString("consumer");
            writer.WriteNullableString(protocolName);
            writer.WriteArray<IReadOnlyList<int>>(assigned is null ? [] : [assigned], (w, partitions) =>
            {
                w.WriteString(memberId);
                w.WriteBytes(ConsumerAssignment.Write(version: 1, [new NamedPartitions(topic, partitions)]));
                w.WriteEmptyTags();
            });
            writer.WriteEmptyTags();
        }, static (ref reader) =>
        {
            reader.ReadInt32();
            var error = (ErrorCode)reader.ReadInt16();
            reader.ReadNullableString();
            var name = reader.ReadNullableString();
            IReadOnlyList<int> partitions = [.. ConsumerAssignment.Read(reader.ReadBytes())!.Partitions.SelectMany(one => one.Partitions).Order()];
            reader.SkipTags();
            return (error, name, partitions);
        });

    public Task<ErrorCode> HeartbeatAsync(string memberId, int generation) => client.AskAsync(ApiKey.Heartbeat, 4, isFlexible: true, writer =>
    {
        writer.WriteString(group);
        writer.WriteInt32(generation);
        writer.WriteString(memberId);
        writer.WriteNullableString(null);
        writer.WriteEmptyTags();
    }, static (ref reader) =>
    {
        reader.ReadInt32();
        var error = (ErrorCode)reader.ReadInt16();
        reader.SkipTags();
        return error;
    });

    public Task<ErrorCode> LeaveAsync(string memberId) => client.AskAsync(ApiKey.LeaveGroup, 5, isFlexible: true, writer =>
    {
        writer.WriteString(group);
        writer.WriteArray([memberId], static (w, id) =>
        {
            w.WriteString(id);
            w.WriteNullableString(null);
            w.WriteNullableString(null);
            w.WriteEmptyTags();
        });
        writer.WriteEmptyTags();
    }, static (ref reader) =>
    {
        reader.ReadInt32();
        var error = (ErrorCode)reader.ReadInt16();
        var errors = reader.ReadArray(static (ref r) =>
        {
            r.ReadString();
            r.ReadNullableString();
            var one = (ErrorCode)r.ReadInt16();
            r.SkipTags();
            return one;
        });
        reader.SkipTags();
        return error == ErrorCode.None ? errors[0] : error;
    });

    /// <param name="owned">Partitions that the member says it has; null: it does not say.</param>
    public Task<ConsumerHeartbeatResponse> BeatAsync(string memberId, int epoch, PartitionSet? owned = null) => client.AskAsync(ApiKey.ConsumerGroupHeartbeat, 1, isFlexible: true, writer =>
    {
        writer.WriteString(group);
        writer.WriteString(memberId);
        writer.WriteInt32(epoch);
        writer.WriteNullableString(null);
        writer.WriteNullableString(null);
        writer.WriteInt32(epoch == 0 ? RebalanceTimeoutMs : -1);
        writer.WriteNullableArray<string>(epoch == 0 ? [topic] : null, static (w, name) => w.WriteString(name));
        writer.WriteNullableString(null);
        writer.WriteNullableString(null);
        writer.WriteNullableArray((epoch == 0 ? PartitionSet.Empty : owned)?.ByTopic, static (w, one) =>
        {
            w.WriteUuid(one.TopicId);
            w.WriteInt32Array(one.Partitions);
            w.WriteEmptyTags();
        });
        writer.WriteEmptyTags();
    }, static (ref reader) =>
    {
        reader.ReadInt32();
        var (error, message, memberId) = ((ErrorCode)reader.ReadInt16(), reader.ReadNullableString(), reader.ReadNullableString());
        var (epoch, intervalMs) = (reader.ReadInt32(), reader.ReadInt32());
        PartitionSet? assignment = null;
        if (reader.ReadInt8() > 0)
        {
            assignment = PartitionSet.Of(reader.ReadArray(static (ref r) => ConsumerGroupFormat.ReadPartitionsOfTopic(ref r)));
            reader.SkipTags();
        }

        reader.SkipTags();
        return new ConsumerHeartbeatResponse(error, message, memberId, epoch, intervalMs, assignment);
    });

    // Apache Kafka's coordinator reads its groups, and hears of topics, some time after those who create them were answered.
    private async Task<bool> IsAssignedAsync()
    {
        var joined = await BeatAsync("probe", epoch: 0);
        await BeatAsync("probe", ConsumerHeartbeatRequest.LeaveEpoch);
        return joined.Assignment?.Count == 4;
    }

    /// <summary>ConsumerProtocolSubscription v1.</summary>
    private ReadOnlyMemory<byte> Subscription(IReadOnlyList<int> owned)
    {
        using var writer = new WireWriter();
        writer.Reset(version: 0, isFlexible: false);
        writer.WriteInt16(1);
        writer.WriteStringArray([topic]);
        writer.WriteInt32(-1);
        writer.WriteArray(owned.Count == 0 ? [] : new[] { new NamedPartitions(topic, owned) }, static (w, one) => one.Write(w));
        return writer.Written.ToArray();
    }
}
