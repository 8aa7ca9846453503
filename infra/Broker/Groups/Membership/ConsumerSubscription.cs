using Streaming.Broker.Wire;

namespace Streaming.Broker.Groups.Membership;

/// <summary>What a classic consumer tells whoever assigns, in the metadata of each strategy that it offers (ConsumerProtocolSubscription, v0–v3).</summary>
/// <remarks>int16 version, topics, nullable user data of the strategy · v1 owned partitions, topic by topic · v2 int32 generation · v3 nullable rack. In the old encoding.</remarks>
/// <param name="Version">In which assignments are answered.</param>
/// <param name="Owned">What it has at the moment; nothing from clients before v1, which give up everything before they join.</param>
internal sealed record ConsumerSubscription(short Version, IReadOnlyList<string> Topics, IReadOnlyList<NamedPartitions> Owned, string? RackId)
{
    private const short HighestVersion = 3;

    /// <returns>Null when the bytes are no subscription: other protocol types use the same field for what they like.</returns>
    public static ConsumerSubscription? Read(ReadOnlyMemory<byte> metadata)
    {
        try
        {
            var reader = new WireReader(metadata);
            var version = Math.Min(reader.ReadInt16(), HighestVersion);
            if (version < 0)
                return null;
            var topics = reader.ReadArray(static (ref r) => r.ReadString());
            reader.ReadNullableBytes(); // user data
            NamedPartitions[] owned = version >= 1 ? reader.ReadArray(static (ref r) => NamedPartitions.Read(ref r)) : [];
            if (version >= 2)
                reader.ReadInt32(); // generation
            return new ConsumerSubscription(version, topics, owned, version >= 3 ? reader.ReadNullableString() : null);
        }
        catch (MalformedFrameException)
        {
            return null;
        }
    }

    /// <returns>Null when the bytes are no subscription.</returns>
    public static IReadOnlySet<string>? TopicsOf(ReadOnlyMemory<byte> metadata) => Read(metadata)?.Topics.ToHashSet();

    /// <summary>Unreadable subscriptions count as unchanged: a restart alone is no reason to move partitions.</summary>
    public static bool AreSame(IReadOnlySet<string>? before, IReadOnlySet<string>? after) => before is null || after is null || before.SetEquals(after);
}
