using Streaming.Broker.Tests.Log;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Messages;

/// <summary>Records of one topic and an offset of one group, which other requests do not name: what they were, they must stay.</summary>
internal static class StoredContent
{
    public const string Topic = "untouched-records";
    public const string Group = "untouched-offsets";
    private const long CommittedOffset = 17;
    private const int Partitions = 2;
    private static readonly int[] AllPartitions = [.. Enumerable.Range(0, Partitions)];

    public static async Task WriteAsync(RawClient client)
    {
        await CreateAsync(client, Topic, Partitions);
        foreach (var partition in AllPartitions)
        {
            for (var i = 0; i < 20; i++)
                await client.ProduceAsync(Topic, Compressed.Of(Some.Keyed([($"key {i}", $"value {i}"), ($"deleted {i}", null)]), codec: i % 5), partition);
        }

        await client.SendAsync(ApiKey.OffsetCommit, 2, isFlexible: false, static writer =>
        {
            writer.WriteString(Group);
            writer.WriteInt32(-1);
            writer.WriteString("");
            writer.WriteInt64(-1);
            RawTopic.WriteTopic(writer, Topic, AllPartitions, static (w, partition) =>
            {
                w.WriteInt32(partition);
                w.WriteInt64(CommittedOffset + partition);
                w.WriteNullableString("metadata");
            });
        });
        await client.ReceiveFrameAsync();
    }

    public static async Task CreateAsync(RawClient client, string topic, int partitions)
    {
        await client.SendAsync(ApiKey.CreateTopics, 2, isFlexible: false, writer =>
        {
            writer.WriteArray([topic], (w, name) =>
            {
                w.WriteString(name);
                w.WriteInt32(partitions);
                w.WriteInt16(1);
                w.WriteInt32Array([]);
                w.WriteStringArray([]);
            });
            writer.WriteInt32(1_000);
            writer.WriteBoolean(false);
        });
        await client.ReceiveFrameAsync();
    }

    /// <summary>All of it, as it is told: batches of every partition, and offsets.</summary>
    public static async Task<IReadOnlyList<string>> ReadAsync(RawClient client)
    {
        var content = new List<string>();
        foreach (var partition in AllPartitions)
            content.Add(await FetchAsync(client, partition));
        content.Add(await client.AskAsync(ApiKey.OffsetFetch, 1, isFlexible: false, static writer =>
        {
            writer.WriteString(Group);
            RawTopic.WriteTopic(writer, Topic, AllPartitions, static (w, partition) => w.WriteInt32(partition));
        }, ReadOffsets));
        return content;
    }

    private static Task<string> FetchAsync(RawClient client, int partition) => client.AskAsync(
        ApiKey.Fetch, RawTopic.FetchVersion, isFlexible: false, writer => RawTopic.WriteFetch(writer, Topic, [partition], offset: 0, bytesMax: 10_000_000), ReadRecords);

    private static string ReadRecords(ref WireReader reader)
    {
        var (error, records) = RawTopic.ReadFetched(ref reader);
        error.ShouldBe(ErrorCode.None);
        return Convert.ToHexString(records.Span);
    }

    private static string ReadOffsets(ref WireReader reader) => string.Join(", ", reader.ReadArray(static (ref topic) =>
    {
        topic.ReadString();
        return string.Join(' ', topic.ReadArray(static (ref r) => $"{r.ReadInt32()}@{r.ReadInt64()} {r.ReadNullableString()} {(ErrorCode)r.ReadInt16()}"));
    }));
}
