using System.Buffers.Binary;
using System.Text;

namespace Streaming.Broker.Groups.Membership;

/// <summary>The topics in a consumer's protocol metadata: int16 version, then an array of topic names (ConsumerProtocolSubscription). The rest is the assigner's business.</summary>
internal static class ConsumerSubscription
{
    /// <returns>Null when the bytes are no subscription: other protocol types use the same field for what they like.</returns>
    public static IReadOnlySet<string>? TopicsOf(ReadOnlySpan<byte> metadata)
    {
        if (metadata.Length < sizeof(short) + sizeof(int) || BinaryPrimitives.ReadInt16BigEndian(metadata) < 0)
            return null;
        var count = BinaryPrimitives.ReadInt32BigEndian(metadata[sizeof(short)..]);
        var rest = metadata[(sizeof(short) + sizeof(int))..];
        if (count < 0 || count > rest.Length / sizeof(short))
            return null;

        var topics = new HashSet<string>(count);
        for (var index = 0; index < count; index++)
        {
            if (rest.Length < sizeof(short))
                return null;
            var length = BinaryPrimitives.ReadInt16BigEndian(rest);
            rest = rest[sizeof(short)..];
            if (length < 0 || length > rest.Length)
                return null;
            topics.Add(Encoding.UTF8.GetString(rest[..length]));
            rest = rest[length..];
        }

        return topics;
    }

    /// <summary>Unreadable subscriptions count as unchanged: a restart alone is no reason to move partitions.</summary>
    public static bool AreSame(IReadOnlySet<string>? before, IReadOnlySet<string>? after) => before is null || after is null || before.SetEquals(after);
}
