using Streaming.Broker.Wire;

namespace Streaming.Broker.Groups.Membership;

/// <summary>What a classic consumer is assigned, as strategies write it (ConsumerProtocolAssignment, v0–v3, all alike).</summary>
/// <remarks>int16 version, partitions topic by topic, nullable user data of the strategy. In the old encoding.</remarks>
/// <param name="HasUserData">A strategy told the member something that only its likes understand.</param>
internal sealed record ConsumerAssignment(IReadOnlyList<NamedPartitions> Partitions, bool HasUserData)
{
    /// <returns>Null when the bytes are no assignment; none at all are an empty one.</returns>
    public static ConsumerAssignment? Read(ReadOnlyMemory<byte> assignment)
    {
        if (assignment.IsEmpty)
            return new ConsumerAssignment([], HasUserData: false);
        try
        {
            var reader = new WireReader(assignment);
            if (reader.ReadInt16() < 0)
                return null;
            return new ConsumerAssignment(reader.ReadArray(static (ref r) => NamedPartitions.Read(ref r)), HasUserData: reader.ReadNullableBytes() is { Length: > 0 });
        }
        catch (MalformedFrameException)
        {
            return null;
        }
    }

    public static ReadOnlyMemory<byte> Write(short version, IReadOnlyList<NamedPartitions> partitions)
    {
        using var writer = new WireWriter();
        writer.Reset(version: 0, isFlexible: false);
        writer.WriteInt16(version);
        writer.WriteArray(partitions, static (w, one) => one.Write(w));
        writer.WriteInt32(-1); // no user data
        return writer.Written.ToArray();
    }
}
