using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Server;

public sealed class DescribeLogDirsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task All_topics_are_told_with_their_sizes(short version)
    {
        var described = await AskAsync(version, static writer => writer.WriteNullableArray<int>(null, static (_, _) => { }));
        described.Topics.ShouldContain("__consumer_offsets");
        if (version >= 4)
            described.UsableBytes.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task What_is_not_there_is_left_out()
    {
        var described = await AskAsync(4, static writer => writer.WriteArray(["nowhere", "__transaction_state"], static (w, topic) =>
        {
            w.WriteString(topic);
            w.WriteInt32Array([0, 99]);
            w.WriteEmptyTags();
        }));
        described.Topics.ShouldBe(["__transaction_state"]);
        described.Partitions.ShouldBe([0]);
    }

    private static async Task<(string Folder, List<string> Topics, List<int> Partitions, long UsableBytes)> AskAsync(short version, Action<WireWriter> writeTopics)
    {
        using var folder = new TempFolder();
        await using var broker = await EmbeddedBroker.StartAsync(new BrokerOptions { DataDirectory = folder.Path });
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        var described = await client.AskAsync(ApiKey.DescribeLogDirs, version, isFlexible: version >= 2, WriteRequest, ReadResponse);
        described.Folder.ShouldBe(Path.GetFullPath(folder.Path));
        return described;

        void WriteRequest(WireWriter writer)
        {
            writeTopics(writer);
            writer.WriteEmptyTags();
        }
    }

    private static (string Folder, List<string> Topics, List<int> Partitions, long UsableBytes) ReadResponse(ref WireReader reader)
    {
        reader.ReadInt32();
        if (reader.Version >= 3)
            reader.ReadInt16().ShouldBe((short)ErrorCode.None);
        var folder = reader.ReadArray(static (ref r) =>
        {
            r.ReadInt16().ShouldBe((short)ErrorCode.None);
            var path = r.ReadString();
            var topics = r.ReadArray(ReadTopic);
            long usableBytes = 0;
            if (r.Version >= 4)
            {
                r.ReadInt64().ShouldBeGreaterThan(0);
                usableBytes = r.ReadInt64();
            }

            r.SkipTags();
            return (path, topics.Select(topic => topic.Name).ToList(), topics.SelectMany(topic => topic.Partitions).ToList(), usableBytes);
        }).ShouldHaveSingleItem();
        reader.SkipTags();
        return folder;
    }

    private static (string Name, int[] Partitions) ReadTopic(ref WireReader reader)
    {
        var name = reader.ReadString();
        var partitions = reader.ReadArray(static (ref r) =>
        {
            var partition = r.ReadInt32();
            r.ReadInt64().ShouldBeGreaterThanOrEqualTo(0);
            r.ReadInt64().ShouldBe(0);
            r.ReadBoolean().ShouldBeFalse();
            r.SkipTags();
            return partition;
        });
        reader.SkipTags();
        return (name, partitions);
    }
}
