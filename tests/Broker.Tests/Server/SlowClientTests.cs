using System.Buffers.Binary;
using System.Net.Sockets;
using Streaming.Broker.Tests.Log;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Server;

/// <summary>Clients that take for ever: they lose their connection, and with it what they hold of the broker. Those that wait for an answer do not.</summary>
public sealed class SlowClientTests : IAsyncLifetime
{
    private const int IdleMs = 1_500;
    private readonly TempFolder _folder = new();
    private EmbeddedBroker _broker = null!;

    public async ValueTask InitializeAsync() =>
        _broker = await EmbeddedBroker.StartAsync(new BrokerOptions { DataDirectory = _folder.Path, ConnectionIdleMsMax = IdleMs, AutoCreateTopics = true });

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task One_that_says_nothing_is_disconnected()
    {
        using var silent = await RawClient.ConnectAsync(_broker.BootstrapServers);
        (await silent.ReceiveFrameAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task So_is_one_that_sends_its_request_byte_by_byte()
    {
        using var slow = await RawClient.ConnectAsync(_broker.BootstrapServers);
        await slow.SendBytesAsync(new byte[] { 0, 0, 4, 0 });
        var closed = slow.ReceiveFrameAsync();
        do
            await Task.WhenAny(closed, Task.Delay(TimeSpan.FromMilliseconds(IdleMs / 8), TimeProvider.System));
        while (!closed.IsCompleted && await TrySendAsync(() => slow.SendBytesAsync(new byte[1])));

        (await closed).ShouldBeNull();
    }

    [Fact]
    public async Task And_one_that_never_takes_its_responses()
    {
        await ProduceAsync(new string('x', 900_000));
        using var greedy = await RawClient.ConnectAsync(_broker.BootstrapServers);
        var sent = 0;
        while (sent < 50 && await TrySendAsync(() => greedy.SendAsync(ApiKey.Fetch, RawTopic.FetchVersion, isFlexible: false, writer => WriteFetch(writer, waitMs: 0, offset: 0))))
            sent++;

        // What was in the sockets' buffers comes; then the end, instead of fifty answers.
        await Task.Delay(TimeSpan.FromMilliseconds(3 * IdleMs), TimeProvider.System);
        var received = 0;
        while (await ReceiveOrNullAsync(greedy) is not null)
            received++;
        received.ShouldBeLessThan(50);
    }

    [Fact]
    public async Task One_that_waits_for_records_longer_than_that_is_not()
    {
        await ProduceAsync("value");
        using var patient = await RawClient.ConnectAsync(_broker.BootstrapServers);
        await patient.SendAsync(ApiKey.Fetch, RawTopic.FetchVersion, isFlexible: false, writer => WriteFetch(writer, waitMs: 3 * IdleMs, offset: 1));
        BinaryPrimitives.ReadInt32BigEndian((await patient.ReceiveFrameAsync()).ShouldNotBeNull()).ShouldBe(1);
    }

    [Fact]
    public async Task But_it_waits_no_longer_than_that_at_a_time()
    {
        await ProduceAsync("value");
        using var patient = await RawClient.ConnectAsync(_broker.BootstrapServers);
        await patient.SendAsync(ApiKey.Fetch, RawTopic.FetchVersion, isFlexible: false, static writer => WriteFetch(writer, waitMs: int.MaxValue, offset: 1));
        (await patient.ReceiveFrameAsync()).ShouldNotBeNull();
    }

    // The connection may end between two sends.
    private static async Task<bool> TrySendAsync(Func<Task> send)
    {
        try
        {
            await send();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // Half of a response, and then no more, is the end, too.
    private static async Task<byte[]?> ReceiveOrNullAsync(RawClient client)
    {
        try
        {
            return await client.ReceiveFrameAsync();
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task ProduceAsync(string value)
    {
        using var client = await RawClient.ConnectAsync(_broker.BootstrapServers);
        await client.CreateTopicAsync("topic");
        await client.ProduceAsync("topic", Some.Batch([value]));
    }

    private static void WriteFetch(WireWriter writer, int waitMs, long offset) => RawTopic.WriteFetch(writer, "topic", [0], offset, bytesMax: 1_000_000, waitMs);
}
