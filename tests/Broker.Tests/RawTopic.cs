using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests;

/// <summary>What raw clients say about one topic, in versions without tags.</summary>
internal static class RawTopic
{
    /// <summary>Version of <see cref="WriteFetch"/>.</summary>
    public const short FetchVersion = 4;

    /// <summary>Has a topic made by a broker that makes those that are asked for.</summary>
    public static async Task CreateTopicAsync(this RawClient client, string topic)
    {
        await client.SendAsync(ApiKey.Metadata, 4, isFlexible: false, writer =>
        {
            writer.WriteStringArray([topic]);
            writer.WriteBoolean(true);
        });
        (await client.ReceiveFrameAsync()).ShouldNotBeNull();
    }

    /// <summary>Appends a batch, whatever the broker answers to that.</summary>
    public static async Task ProduceAsync(this RawClient client, string topic, byte[] batch, int partition = 0)
    {
        await client.SendAsync(ApiKey.Produce, 3, isFlexible: false, writer => WriteProduce(writer, topic, partition, batch));
        (await client.ReceiveFrameAsync()).ShouldNotBeNull();
    }

    public static void WriteFetch(WireWriter writer, string topic, IReadOnlyList<int> partitions, long offset, int bytesMax, int waitMs = 0, int bytesMin = 1)
    {
        writer.WriteInt32(-1); // no replica
        writer.WriteInt32(waitMs);
        writer.WriteInt32(bytesMin);
        writer.WriteInt32(bytesMax);
        writer.WriteInt8(0); // uncommitted records as well
        WriteTopic(writer, topic, partitions, (w, partition) =>
        {
            w.WriteInt32(partition);
            w.WriteInt64(offset);
            w.WriteInt32(bytesMax);
        });
    }

    /// <summary>What a fetch of one partition got.</summary>
    public static (ErrorCode Error, ReadOnlyMemory<byte> Records) ReadFetched(ref WireReader reader)
    {
        reader.ReadInt32(); // throttle time
        return reader.ReadArray(static (ref topic) =>
        {
            topic.ReadString();
            return topic.ReadArray(static (ref partition) =>
            {
                partition.ReadInt32();
                var error = (ErrorCode)partition.ReadInt16();
                partition.ReadInt64(); // high watermark
                partition.ReadInt64(); // last stable offset
                partition.ReadNullableArray(static (ref aborted) => aborted.ReadInt64() + aborted.ReadInt64());
                return (error, partition.ReadBytes());
            })[0];
        })[0];
    }

    public static void WriteTopic(WireWriter writer, string topic, IReadOnlyList<int> partitions, Action<WireWriter, int> writePartition) => writer.WriteArray([topic], (w, name) =>
    {
        w.WriteString(name);
        w.WriteArray(partitions, writePartition);
    });

    private static void WriteProduce(WireWriter writer, string topic, int partition, byte[] batch)
    {
        writer.WriteNullableString(null); // no transaction
        writer.WriteInt16(-1);
        writer.WriteInt32(1_000);
        WriteTopic(writer, topic, [partition], (w, index) =>
        {
            w.WriteInt32(index);
            w.WriteBytes(batch);
        });
    }
}
