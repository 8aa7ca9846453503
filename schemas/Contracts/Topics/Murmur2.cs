using System.Buffers.Binary;
using System.Text;

namespace Streaming.Contracts.Topics;

/// <summary>The hash by which Kafka's default partitioner places a key: 32-bit MurmurHash2 with Kafka's seed.</summary>
/// <remarks>librdkafka calls it <c>murmur2_random</c>; its own default differs. Source: Kafka's producer, KIP-480.</remarks>
public static class Murmur2
{
    private const uint Seed = 0x9747b28c;
    private const uint Multiplier = 0x5bd1e995;
    private const int StackBytesMax = 256;

    /// <summary>The partition of a key among <paramref name="partitionCount"/>.</summary>
    public static int Partition(ReadOnlySpan<byte> key, int partitionCount) => (Hash(key) & int.MaxValue) % partitionCount;

    /// <summary>The partition of an aggregate: of its id's UTF-8 bytes.</summary>
    public static int Partition(string aggregateId, int partitionCount)
    {
        var sizeMax = Encoding.UTF8.GetMaxByteCount(aggregateId.Length);
        var bytes = sizeMax <= StackBytesMax ? stackalloc byte[StackBytesMax] : new byte[sizeMax];
        return Partition(bytes[..Encoding.UTF8.GetBytes(aggregateId, bytes)], partitionCount);
    }

    public static int Hash(ReadOnlySpan<byte> key)
    {
        unchecked
        {
            var hash = Seed ^ (uint)key.Length;
            var rest = key;
            for (; rest.Length >= sizeof(uint); rest = rest[sizeof(uint)..])
            {
                var word = BinaryPrimitives.ReadUInt32LittleEndian(rest) * Multiplier;
                hash = (hash * Multiplier) ^ ((word ^ (word >> 24)) * Multiplier);
            }

            if (rest.Length > 0)
            {
                for (var i = rest.Length - 1; i >= 0; i--)
                    hash ^= (uint)rest[i] << (8 * i);
                hash *= Multiplier;
            }

            hash = (hash ^ (hash >> 13)) * Multiplier;
            return (int)(hash ^ (hash >> 15));
        }
    }
}
