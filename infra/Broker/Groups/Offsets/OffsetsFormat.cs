using Streaming.Broker.Groups.Consumer;
using Streaming.Broker.Groups.Membership;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Groups.Offsets;

/// <summary>What one record of __consumer_offsets says. A null offset or snapshot: it was deleted.</summary>
internal abstract record OffsetsRecord(string GroupId)
{
    internal sealed record Offset(string GroupId, TopicPartition Partition, CommittedOffset? Committed) : OffsetsRecord(GroupId);

    internal sealed record Group(string GroupId, GroupSnapshot? Snapshot) : OffsetsRecord(GroupId);
}

/// <summary>Records of __consumer_offsets, bit for bit as Apache Kafka writes them, so that its dump tool and anybody's consumer understand them.</summary>
/// <remarks>
/// Key: int16 type (1, before that 0, an offset: group, topic, int32 partition; 2 a group: group), then the fields in the old encoding.
/// Value: int16 version, then the fields; flexible from v4 on. Written are v3 of both; v0 to v4 are read.
/// Groups of the consumer protocol have records of their own (<see cref="ConsumerGroupFormat"/>); keys of other types are passed over.
/// Source: Kafka's message definitions OffsetCommitKey/Value, GroupMetadataKey/Value.
/// </remarks>
internal static class OffsetsFormat
{
    private const short LegacyOffsetKey = 0;
    private const short OffsetKey = 1;
    private const short GroupKey = 2;
    private const short WrittenVersion = 3;
    private const short HighestVersion = 4;
    private const short FirstFlexible = 4;

    public static JournalRecord Write(OffsetsRecord record) => record switch
    {
        OffsetsRecord.Offset(var group, var partition, var committed) => new JournalRecord(
            Message(w => WriteOffsetKey(w, group, partition)), MessageOrNull(committed, WriteOffset)),
        OffsetsRecord.Group(var group, var snapshot) => new JournalRecord(
            Message(w => WriteGroupKey(w, group)), MessageOrNull(snapshot, WriteGroup)),
        ConsumerGroupRecord consumers => new JournalRecord(
            Message(w => ConsumerGroupFormat.WriteKey(w, consumers)), ConsumerGroupFormat.ValueOf(consumers) is { } value ? Message(value, isFlexible: true) : (ReadOnlyMemory<byte>?)null),
        _ => throw new System.Diagnostics.UnreachableException($"No format for {record.GetType().Name}; add it above."),
    };

    /// <returns>Null for a key of a type that is not ours.</returns>
    /// <exception cref="MalformedFrameException">The bytes are no such record.</exception>
    public static OffsetsRecord? Read(JournalRecord record)
    {
        var key = new WireReader(record.Key);
        var type = key.ReadInt16();
        switch (type)
        {
            case LegacyOffsetKey or OffsetKey:
                var group = key.ReadString();
                var partition = new TopicPartition(key.ReadString(), key.ReadInt32());
                return new OffsetsRecord.Offset(group, partition, record.Value is { } offset ? ReadOffset(offset) : null);
            case GroupKey:
                return new OffsetsRecord.Group(key.ReadString(), record.Value is { } snapshot ? ReadGroup(snapshot) : null);
            default:
                return ConsumerGroupFormat.IsKeyType(type) ? ConsumerGroupFormat.Read(type, ref key, record.Value) : null;
        }
    }

    /// <summary>Reads a value from behind its version on.</summary>
    /// <exception cref="MalformedFrameException">It is of a version that is not known.</exception>
    public static WireReader ReaderOf(ReadOnlyMemory<byte> value, short highestVersion = HighestVersion, short firstFlexible = FirstFlexible)
    {
        var version = new WireReader(value).ReadInt16();
        if (version < 0 || version > highestVersion)
            throw new MalformedFrameException($"A value of version {version} in {OffsetsTopic.Name}; 0 to {highestVersion} are known.");
        return new WireReader(value[sizeof(short)..], version, isFlexible: version >= firstFlexible);
    }

    private static void WriteOffsetKey(WireWriter writer, string group, TopicPartition partition)
    {
        writer.WriteInt16(OffsetKey);
        writer.WriteString(group);
        writer.WriteString(partition.Topic);
        writer.WriteInt32(partition.Partition);
    }

    private static void WriteGroupKey(WireWriter writer, string group)
    {
        writer.WriteInt16(GroupKey);
        writer.WriteString(group);
    }

    private static void WriteOffset(WireWriter writer, CommittedOffset committed)
    {
        writer.WriteInt16(WrittenVersion);
        writer.WriteInt64(committed.Offset);
        writer.WriteInt32(committed.LeaderEpoch);
        writer.WriteString(committed.Metadata);
        writer.WriteInt64(committed.CommittedAtMs);
    }

    private static CommittedOffset ReadOffset(ReadOnlyMemory<byte> value)
    {
        var reader = ReaderOf(value);
        var offset = reader.ReadInt64();
        var leaderEpoch = reader.Version >= 3 ? reader.ReadInt32() : -1;
        // What follows (expiry of v1, topic id of v4) is not kept.
        return new CommittedOffset(offset, leaderEpoch, reader.ReadString(), reader.ReadInt64());
    }

    private static void WriteGroup(WireWriter writer, GroupSnapshot snapshot)
    {
        writer.WriteInt16(WrittenVersion);
        writer.WriteString(snapshot.ProtocolType);
        writer.WriteInt32(snapshot.Generation);
        writer.WriteNullableString(snapshot.Protocol);
        writer.WriteNullableString(snapshot.Leader);
        writer.WriteInt64(snapshot.StateTimestampMs);
        writer.WriteArray(snapshot.Members, static (w, member) =>
        {
            w.WriteString(member.Id);
            w.WriteNullableString(member.InstanceId);
            w.WriteString(member.ClientId);
            w.WriteString(member.ClientHost);
            w.WriteInt32(member.RebalanceTimeoutMs);
            w.WriteInt32(member.SessionTimeoutMs);
            w.WriteBytes(member.Subscription);
            w.WriteBytes(member.Assignment);
        });
    }

    private static GroupSnapshot ReadGroup(ReadOnlyMemory<byte> value)
    {
        var reader = ReaderOf(value);
        return new GroupSnapshot(
            ProtocolType: reader.ReadString(),
            Generation: reader.ReadInt32(),
            Protocol: reader.ReadNullableString(),
            Leader: reader.ReadNullableString(),
            StateTimestampMs: reader.Version >= 2 ? reader.ReadInt64() : -1,
            Members: reader.ReadArray(static (ref r) => ReadMember(ref r)));
    }

    private static MemberSnapshot ReadMember(ref WireReader reader)
    {
        var member = new MemberSnapshot(
            Id: reader.ReadString(),
            InstanceId: reader.Version >= 3 ? reader.ReadNullableString() : null,
            ClientId: reader.ReadString(),
            ClientHost: reader.ReadString(),
            RebalanceTimeoutMs: reader.Version >= 1 ? reader.ReadInt32() : -1,
            SessionTimeoutMs: reader.ReadInt32(),
            Subscription: reader.ReadBytes().ToArray(),
            Assignment: reader.ReadBytes().ToArray());
        reader.SkipTags();
        return member;
    }

    private static ReadOnlyMemory<byte>? MessageOrNull<T>(T? value, Action<WireWriter, T> write)
        where T : class
    {
        // Not "? null :", which would turn null into empty memory, and a deletion into a malformed value.
        if (value is null)
            return null;
        return Message(w => write(w, value));
    }

    private static byte[] Message(Action<WireWriter> write, bool isFlexible = false)
    {
        using var writer = new WireWriter();
        writer.Reset(version: 0, isFlexible);
        write(writer);
        return writer.Written.ToArray();
    }
}
