using System.Diagnostics;
using Streaming.Broker.Groups.Membership;
using Streaming.Broker.Groups.Offsets;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Groups.Consumer;

/// <summary>Records of __consumer_offsets about groups of the consumer protocol, bit for bit as Apache Kafka writes them.</summary>
/// <remarks>
/// Key: int16 type (3 epoch, 5 member, 6 target epoch, 7 target of a member, 8 current assignment of a member), group and member in the old encoding.
/// Value: int16 version 0, then the fields, flexible. Not kept, and passed over when read: partition metadata (4, of Kafka before 4.1), regular expressions as
/// they were resolved (16).
/// Source: Kafka's message definitions ConsumerGroupMetadata, …MemberMetadata, …TargetAssignmentMetadata, …TargetAssignmentMember, …CurrentMemberAssignment; KIP-848.
/// </remarks>
internal static class ConsumerGroupFormat
{
    private const short EpochKey = 3;
    private const short MemberKey = 5;
    private const short TargetEpochKey = 6;
    private const short TargetKey = 7;
    private const short CurrentKey = 8;
    private const short ValueVersion = 0;
    private const uint TopicsHashTag = 0;
    private const uint ClassicMemberTag = 0;

    public static bool IsKeyType(short type) => type is EpochKey or MemberKey or TargetEpochKey or TargetKey or CurrentKey;

    public static void WriteKey(WireWriter writer, ConsumerGroupRecord record)
    {
        var (type, memberId) = record switch
        {
            ConsumerGroupRecord.Epoch => (EpochKey, null),
            ConsumerGroupRecord.TargetEpoch => (TargetEpochKey, null),
            ConsumerGroupRecord.Member member => (MemberKey, member.MemberId),
            ConsumerGroupRecord.Target target => (TargetKey, target.MemberId),
            ConsumerGroupRecord.Current current => (CurrentKey, (string?)current.MemberId),
            _ => throw new UnreachableException($"No format for {record.GetType().Name}; add it above."),
        };
        writer.WriteInt16(type);
        writer.WriteString(record.GroupId);
        if (memberId is not null)
            writer.WriteString(memberId);
    }

    /// <returns>Writes the value, its version first, into a flexible message; null for a deletion.</returns>
    public static Action<WireWriter>? ValueOf(ConsumerGroupRecord record) => FieldsOf(record) is { } write
        ? w =>
        {
            w.WriteInt16(ValueVersion);
            write(w);
        }
        : null;

    private static Action<WireWriter>? FieldsOf(ConsumerGroupRecord record) => record switch
    {
        ConsumerGroupRecord.Epoch { Saved: { } epoch } => w => WriteEpoch(w, epoch),
        ConsumerGroupRecord.TargetEpoch { Saved: { } epoch } => w => WriteTargetEpoch(w, epoch),
        ConsumerGroupRecord.Member { Saved: { } member } => w => WriteMember(w, member),
        ConsumerGroupRecord.Target { Saved: { } target } => w => WriteTarget(w, target),
        ConsumerGroupRecord.Current { Saved: { } current } => w => WriteCurrent(w, current),
        _ => null,
    };

    /// <param name="type">The key's type, read already.</param>
    /// <param name="key">The rest of the key.</param>
    /// <param name="value">After its version; null for a deletion.</param>
    /// <exception cref="MalformedFrameException">The bytes are no such record.</exception>
    public static ConsumerGroupRecord Read(short type, ref WireReader key, ReadOnlyMemory<byte>? value)
    {
        var groupId = key.ReadString();
        return type switch
        {
            EpochKey => new ConsumerGroupRecord.Epoch(groupId, ReadOrNull(value, static (ref r) => ReadEpoch(ref r))),
            TargetEpochKey => new ConsumerGroupRecord.TargetEpoch(groupId, ReadOrNull(value, static (ref r) => new TargetAssignmentEpoch(r.ReadInt32()))),
            MemberKey => new ConsumerGroupRecord.Member(groupId, key.ReadString(), ReadOrNull(value, static (ref r) => ReadMember(ref r))),
            TargetKey => new ConsumerGroupRecord.Target(groupId, key.ReadString(), ReadOrNull(value, static (ref r) => ReadPartitions(ref r))),
            CurrentKey => new ConsumerGroupRecord.Current(groupId, key.ReadString(), ReadOrNull(value, static (ref r) => ReadCurrent(ref r))),
            _ => throw new UnreachableException($"{type} is no key type of these; ask {nameof(IsKeyType)} first."),
        };
    }

    /// <summary>Partitions topic by topic, as the heartbeat's messages write them, too.</summary>
    public static void WritePartitions(this WireWriter writer, PartitionSet partitions) => writer.WriteArray(partitions.ByTopic, static (w, topic) =>
    {
        w.WriteUuid(topic.TopicId);
        w.WriteInt32Array(topic.Partitions);
        w.WriteEmptyTags();
    });

    public static PartitionsOfTopic ReadPartitionsOfTopic(ref WireReader reader)
    {
        var topic = new PartitionsOfTopic(reader.ReadUuid(), reader.ReadInt32Array());
        reader.SkipTags();
        return topic;
    }

    private static void WriteEpoch(WireWriter writer, GroupEpoch epoch)
    {
        writer.WriteInt32(epoch.Epoch);
        if (epoch.TopicsHash == 0)
            writer.WriteEmptyTags();
        else
            writer.WriteTags((TopicsHashTag, w => w.WriteInt64(epoch.TopicsHash)));
    }

    private static GroupEpoch ReadEpoch(ref WireReader reader)
    {
        var epoch = new GroupEpoch(reader.ReadInt32(), TopicsHash: 0);
        reader.ReadTags((tag, ref field) => epoch = tag == TopicsHashTag ? epoch with { TopicsHash = field.ReadInt64() } : epoch);
        return epoch;
    }

    private static void WriteTargetEpoch(WireWriter writer, TargetAssignmentEpoch epoch)
    {
        writer.WriteInt32(epoch.Epoch);
        writer.WriteEmptyTags();
    }

    private static void WriteMember(WireWriter writer, Subscriber member)
    {
        writer.WriteNullableString(member.InstanceId);
        writer.WriteNullableString(member.RackId);
        writer.WriteString(member.Client.ClientId);
        writer.WriteString(member.Client.Host);
        writer.WriteStringArray(member.TopicNames);
        writer.WriteNullableString(member.TopicPattern);
        writer.WriteInt32(member.RebalanceTimeoutMs);
        writer.WriteNullableString(member.ServerAssignor);
        writer.WriteTags((ClassicMemberTag, w => WriteClassic(w, member.Classic)));
    }

    // A nullable structure: whether there is one comes first.
    private static void WriteClassic(WireWriter writer, ClassicMembership? classic)
    {
        writer.WriteBoolean(classic is not null);
        if (classic is null)
            return;
        writer.WriteInt32(classic.SessionTimeoutMs);
        writer.WriteArray(classic.Protocols, static (w, protocol) =>
        {
            w.WriteString(protocol.Name);
            w.WriteBytes(protocol.Metadata);
            w.WriteEmptyTags();
        });
        writer.WriteEmptyTags();
    }

    private static Subscriber ReadMember(ref WireReader reader)
    {
        var member = new Subscriber(
            InstanceId: reader.ReadNullableString(),
            RackId: reader.ReadNullableString(),
            Client: new GroupClient(reader.ReadString(), reader.ReadString()),
            TopicNames: [.. reader.ReadStringArray()],
            TopicPattern: reader.ReadNullableString() ?? "",
            RebalanceTimeoutMs: reader.ReadInt32(),
            ServerAssignor: reader.ReadNullableString(),
            Classic: null);
        reader.ReadTags((tag, ref field) => member = tag == ClassicMemberTag && field.ReadBoolean() ? member with { Classic = ReadClassic(ref field) } : member);
        return member;
    }

    private static ClassicMembership ReadClassic(ref WireReader reader) => new(reader.ReadInt32(), reader.ReadArray(static (ref r) =>
    {
        var protocol = new MemberProtocol(r.ReadString(), r.ReadBytes().ToArray());
        r.SkipTags();
        return protocol;
    }));

    private static void WriteTarget(WireWriter writer, PartitionSet target)
    {
        writer.WritePartitions(target);
        writer.WriteEmptyTags();
    }

    private static void WriteCurrent(WireWriter writer, Standing current)
    {
        writer.WriteInt32(current.Epoch);
        writer.WriteInt32(current.PreviousEpoch);
        writer.WriteInt8((sbyte)current.State);
        writer.WritePartitions(current.Assigned);
        writer.WritePartitions(current.PendingRevocation);
        writer.WriteEmptyTags();
    }

    private static Standing ReadCurrent(ref WireReader reader) => new(
        Epoch: reader.ReadInt32(),
        PreviousEpoch: reader.ReadInt32(),
        State: (StandingState)reader.ReadInt8(),
        Assigned: ReadPartitions(ref reader),
        PendingRevocation: ReadPartitions(ref reader));

    private static PartitionSet ReadPartitions(ref WireReader reader) => PartitionSet.Of(reader.ReadArray(static (ref r) => ReadPartitionsOfTopic(ref r)));

    private static T? ReadOrNull<T>(ReadOnlyMemory<byte>? value, ReadElement<T> read)
        where T : class
    {
        if (value is not { } bytes)
            return null;
        var reader = OffsetsFormat.ReaderOf(bytes, highestVersion: ValueVersion, firstFlexible: ValueVersion);
        return read(ref reader);
    }
}
