using System.Buffers.Binary;
using Streaming.Broker.Wire;
using Streaming.Fixtures;

namespace Streaming.Broker.Tests.Server;

/// <summary>Bytes that no client would send: they cost their own connection, and nobody else anything.</summary>
[Collection(nameof(MeasuredAlone))]
public sealed class HostileInputTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private EmbeddedBroker _broker = null!;

    public async ValueTask InitializeAsync() => _broker = await EmbeddedBroker.StartAsync(new BrokerOptions { DataDirectory = _folder.Path });

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("FFFFFFFF")] // a negative length
    [InlineData("7FFFFFFF")] // a gigantic one
    [InlineData("00000000")] // an empty frame
    [InlineData("0000000400030000")] // half a header
    [InlineData("0000000A7FFF000000000001FFFF")] // an API that does not exist
    [InlineData("0000000A0003007F00000001FFFF")] // a version that does not exist
    [InlineData("0000000E0003000100000001FFFF7FFFFFFF")] // an array of two thousand million topics
    [InlineData("0000000E0003000100000001FFFFFFFFFFF0")] // an array of a negative count
    [InlineData("474554202F20485454502F312E310D0A0D0A")] // GET / HTTP/1.1
    public async Task Nonsense_closes_its_own_connection_only(string hex)
    {
        using var bystander = await RawClient.ConnectAsync(_broker.BootstrapServers);
        using var hostile = await RawClient.ConnectAsync(_broker.BootstrapServers);
        await hostile.SendBytesAsync(Convert.FromHexString(hex));
        (await hostile.ReceiveFrameAsync()).ShouldBeNull();
        await ExpectAliveAsync(bystander);
    }

    [Fact]
    public async Task Bytes_after_a_request_are_ignored_as_Kafka_does()
    {
        using var client = await RawClient.ConnectAsync(_broker.BootstrapServers);
        await client.SendBytesAsync(Convert.FromHexString("000000110003000100000001FFFFFFFFFFFF000000"));   // Metadata v1, all topics, and three bytes more.
        (await client.ReceiveFrameAsync()).ShouldNotBeNull();
        await ExpectAliveAsync(client);
    }

    [Fact]
    public async Task Random_frames_never_take_the_broker_down()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        try
        {
            for (var i = 0; i < 500; i++)
                await SendRandomAsync(random);
            using var after = await RawClient.ConnectAsync(_broker.BootstrapServers);
            await ExpectAliveAsync(after);
        }
        catch (Exception cause)
        {
            throw new InvalidOperationException($"Random frames with seed {seed} failed.", cause);
        }
    }

    [Fact]
    public async Task A_client_that_sends_a_length_and_nothing_more_holds_no_memory_for_it()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var slow = new List<RawClient>();
        for (var i = 0; i < 50; i++)
        {
            slow.Add(await RawClient.ConnectAsync(_broker.BootstrapServers));
            await slow[^1].SendBytesAsync(new byte[] { 0x05, 0, 0, 0, 0, 3 }); // 80 MB announced, two bytes sent
        }

        using var bystander = await RawClient.ConnectAsync(_broker.BootstrapServers);
        await ExpectAliveAsync(bystander);
        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(200_000_000);
        slow.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task Connections_beyond_the_limit_are_closed_at_once()
    {
        using var folder = new TempFolder();
        await using var small = await EmbeddedBroker.StartAsync(new BrokerOptions { DataDirectory = folder.Path, ConnectionsMax = 2 });
        using var first = await RawClient.ConnectAsync(small.BootstrapServers);
        await ExpectAliveAsync(first);
        using var second = await RawClient.ConnectAsync(small.BootstrapServers);
        await ExpectAliveAsync(second);
        using var third = await RawClient.ConnectAsync(small.BootstrapServers);
        (await third.ReceiveFrameAsync()).ShouldBeNull();
        await ExpectAliveAsync(first);
    }

    [Fact]
    public async Task So_are_those_beyond_the_limit_of_one_address_until_others_of_it_end()
    {
        using var folder = new TempFolder();
        await using var small = await EmbeddedBroker.StartAsync(new BrokerOptions { DataDirectory = folder.Path, ConnectionsPerAddressMax = 1 });
        using (var first = await RawClient.ConnectAsync(small.BootstrapServers))
        {
            await ExpectAliveAsync(first);
            using var second = await RawClient.ConnectAsync(small.BootstrapServers);
            (await second.ReceiveFrameAsync()).ShouldBeNull();
        }

        await Eventually.Async(async () => await IsServedAsync(small.BootstrapServers), TimeSpan.FromSeconds(60), "the next one is served");
    }

    [Fact]
    public async Task Every_version_of_every_api_takes_any_body()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var apis = await ServedAsync();
        apis.Count.ShouldBeGreaterThan(30);
        foreach (var (key, lowest, highest) in apis)
        {
            for (var version = lowest; version <= highest; version++)
            {
                for (var round = 0; round < 4; round++)
                    await SendAsync(key, version, Body(random, round));
                using var bystander = await RawClient.ConnectAsync(_broker.BootstrapServers);
                await ExpectAliveAsync(bystander, $"after bodies for {(ApiKey)key} v{version} (seed {seed})");
            }
        }

        GC.GetTotalMemory(forceFullCollection: true).ShouldBeLessThan(500_000_000, $"seed {seed}");
    }

    [Fact]
    public async Task Arrays_of_more_elements_than_are_accepted_close_the_connection()
    {
        using var folder = new TempFolder();
        await using var strict = await EmbeddedBroker.StartAsync(new BrokerOptions { DataDirectory = folder.Path, RequestElementsMax = 1_000 });
        using var modest = await RawClient.ConnectAsync(strict.BootstrapServers);
        await AskForAsync(modest, topics: 1_000);
        (await modest.ReceiveFrameAsync()).ShouldNotBeNull();
        await AskForAsync(modest, topics: 1_001);
        (await modest.ReceiveFrameAsync()).ShouldBeNull();

        static Task AskForAsync(RawClient client, int topics) => client.SendAsync(
            ApiKey.Metadata, 1, isFlexible: false, writer => writer.WriteStringArray([.. Enumerable.Repeat("t", topics)]));
    }

    [Fact]
    public async Task A_thing_named_a_million_times_is_described_once()
    {
        using var client = await RawClient.ConnectAsync(_broker.BootstrapServers);
        await client.SendAsync(ApiKey.DescribeConfigs, 1, isFlexible: false, writer =>
        {
            writer.WriteArray(new int[900_000], static (w, _) =>
            {
                w.WriteInt8(4); // a broker
                w.WriteString("1");
                w.WriteInt32(-1);
            });
            writer.WriteBoolean(true);
        });
        (await client.ReceiveFrameAsync()).ShouldNotBeNull().Length.ShouldBeLessThan(100_000);
        await ExpectShortAsync(ApiKey.Metadata, 1, isFlexible: false, writer => writer.WriteStringArray([.. Enumerable.Repeat("__consumer_offsets", 900_000)]));
        await ExpectShortAsync(ApiKey.DescribeGroups, 0, isFlexible: false, writer => writer.WriteStringArray([.. Enumerable.Repeat("group", 900_000)]));
        await ExpectShortAsync(ApiKey.ConsumerGroupDescribe, 0, isFlexible: true, writer =>
        {
            writer.WriteStringArray([.. Enumerable.Repeat("group", 900_000)]);
            writer.WriteBoolean(false);
            writer.WriteEmptyTags();
        });
        await ExpectShortAsync(ApiKey.OffsetFetch, 1, isFlexible: false, writer =>
        {
            writer.WriteString("group");
            writer.WriteArray(new int[300_000], static (w, _) =>
            {
                w.WriteString("topic");
                w.WriteArray(new int[2], static (p, _) => p.WriteInt32(0));
            });
        });

        async Task ExpectShortAsync(ApiKey key, short version, bool isFlexible, WriteBody write)
        {
            await client.SendAsync(key, version, isFlexible, write);
            (await client.ReceiveFrameAsync()).ShouldNotBeNull().Length.ShouldBeLessThan(1_000);
        }
    }

    [Fact]
    public async Task A_wait_for_one_partition_named_a_million_times_ends_in_time()
    {
        using var client = await RawClient.ConnectAsync(_broker.BootstrapServers);
        await client.SendAsync(
            ApiKey.Fetch, RawTopic.FetchVersion, isFlexible: false,
            static writer => RawTopic.WriteFetch(writer, "__consumer_offsets", new int[900_000], offset: 0, bytesMax: 1_000, waitMs: 100));
        (await client.ReceiveFrameAsync()).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_name_that_grows_by_being_read_closes_its_connection()
    {
        using var client = await RawClient.ConnectAsync(_broker.BootstrapServers);
        // Bytes that are no UTF-8 become three each, and no longer fit where the name is said again.
        await client.SendAsync(ApiKey.Metadata, 1, isFlexible: false, static writer =>
        {
            writer.WriteInt32(1);
            writer.WriteInt16(20_000);
            writer.WriteRaw(Enumerable.Repeat((byte)0xFF, 20_000).ToArray());
        });
        (await client.ReceiveFrameAsync()).ShouldBeNull();
        using var bystander = await RawClient.ConnectAsync(_broker.BootstrapServers);
        await ExpectAliveAsync(bystander);
    }

    [Fact]
    public async Task So_does_one_too_long_to_be_kept()
    {
        using var client = await RawClient.ConnectAsync(_broker.BootstrapServers);
        await client.SendAsync(ApiKey.InitProducerId, 2, isFlexible: true, static writer =>
        {
            writer.WriteUnsignedVarint(32_769);
            writer.WriteRaw(Enumerable.Repeat((byte)'x', 32_768).ToArray());
            writer.WriteInt32(1_000);
            writer.WriteEmptyTags();
        });
        (await client.ReceiveFrameAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Partitions_beyond_the_limit_of_the_broker_are_refused()
    {
        using var folder = new TempFolder();
        var topics = Topics.TopicTable.Open(
            new BrokerOptions { DataDirectory = folder.Path, PartitionsMax = 3 }, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        var none = new Dictionary<string, string>();
        (await topics.CreateAsync("two", 2, none)).Error.ShouldBe(ErrorCode.None);
        (await topics.CreateAsync("too many", 2, none)).Error.ShouldBe(ErrorCode.InvalidTopicException);
        (await topics.CreateAsync("too-many", 2, none)).Error.ShouldBe(ErrorCode.PolicyViolation);
        (await topics.GrowAsync("two", 4, isDryRun: false, CancellationToken.None)).Error.ShouldBe(ErrorCode.PolicyViolation);
        (await topics.GrowAsync("two", 3, isDryRun: false, CancellationToken.None)).Error.ShouldBe(ErrorCode.None);
        await topics.DisposeAsync();
    }

    private async Task<List<(short Key, short Lowest, short Highest)>> ServedAsync()
    {
        using var client = await RawClient.ConnectAsync(_broker.BootstrapServers);
        return await client.AskAsync(ApiKey.ApiVersions, 0, isFlexible: false, static _ => { }, static (ref reader) =>
        {
            reader.ReadInt16();
            return reader.ReadArray(static (ref r) => (r.ReadInt16(), r.ReadInt16(), r.ReadInt16())).ToList();
        });
    }

    // Noise; noise of small numbers, which lengths and counts are; letters, of which names are made; and the largest lengths there are.
    private static byte[] Body(Random random, int round)
    {
        var body = new byte[random.Next(400)];
        for (var i = 0; i < body.Length; i++)
            body[i] = (byte)(round switch { 0 => random.Next(256), 1 => random.Next(4), 2 => random.Next(3) == 0 ? random.Next(6) : random.Next('a', 'z'), _ => random.Next(2) == 0 ? 0x7F : 0xFF });
        return body;
    }

    private async Task SendAsync(short key, short version, byte[] body)
    {
        using var client = await RawClient.ConnectAsync(_broker.BootstrapServers);
        byte[] frame = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xFF, 0xFF, 0, .. body];
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - sizeof(int));
        BinaryPrimitives.WriteInt16BigEndian(frame.AsSpan(4), key);
        BinaryPrimitives.WriteInt16BigEndian(frame.AsSpan(6), version);
        await client.SendBytesAsync(frame);
    }

    // A header of a served API, and then anything.
    private async Task SendRandomAsync(Random random)
    {
        using var client = await RawClient.ConnectAsync(_broker.BootstrapServers);
        var keys = Enum.GetValues<ApiKey>();
        var frame = new byte[14 + random.Next(200)];
        random.NextBytes(frame);
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - sizeof(int));
        BinaryPrimitives.WriteInt16BigEndian(frame.AsSpan(4), (short)keys[random.Next(keys.Length)]);
        BinaryPrimitives.WriteInt16BigEndian(frame.AsSpan(6), (short)random.Next(13));
        BinaryPrimitives.WriteInt16BigEndian(frame.AsSpan(12), -1);
        await client.SendBytesAsync(frame);
    }

    private static async Task<bool> IsServedAsync(string bootstrapServers)
    {
        using var client = await RawClient.ConnectAsync(bootstrapServers);
        await client.SendAsync(ApiKey.ApiVersions, 0, isFlexible: false, static _ => { });
        return await client.ReceiveFrameAsync() is not null;
    }

    private static async Task ExpectAliveAsync(RawClient client, string? when = null)
    {
        await client.SendAsync(ApiKey.ApiVersions, 0, isFlexible: false, static _ => { });
        (await client.ReceiveFrameAsync()).ShouldNotBeNull(when);
    }
}
