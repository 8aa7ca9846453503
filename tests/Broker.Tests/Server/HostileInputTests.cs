using System.Buffers.Binary;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Server;

/// <summary>Bytes that no client would send: they cost their own connection, and nobody else anything.</summary>
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

    private static async Task ExpectAliveAsync(RawClient client)
    {
        await client.SendAsync(ApiKey.ApiVersions, 0, isFlexible: false, static _ => { });
        (await client.ReceiveFrameAsync()).ShouldNotBeNull();
    }
}
