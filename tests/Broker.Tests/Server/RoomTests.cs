using System.Buffers.Binary;
using Streaming.Broker.Tests.Log;
using Streaming.Broker.Wire;
using Streaming.Fixtures;

namespace Streaming.Broker.Tests.Server;

/// <summary>What all connections together may hold in memory.</summary>
public sealed class RoomTests : IAsyncLifetime
{
    private const string Topic = "topic";
    private const int RequestRoomBytes = 4 * 1_024 * 1_024;
    private const int AnswerRoomBytes = 1_024 * 1_024; // What a batch takes, up to a power of two.
    private const int RecordRoomBytes = 4 * AnswerRoomBytes;
    private const int Batches = 45;
    private const int ValueBytes = 900_000;
    private readonly TempFolder _folder = new();
    private EmbeddedBroker _broker = null!;

    public async ValueTask InitializeAsync() => _broker = await EmbeddedBroker.StartAsync(new BrokerOptions
    {
        DataDirectory = _folder.Path,
        AutoCreateTopics = true,
        QueuedRequestBytesMax = RequestRoomBytes,
        QueuedRecordBytesMax = RecordRoomBytes,
    });

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Large_requests_wait_for_each_other_and_small_ones_for_none()
    {
        using var waiting = await RawClient.ConnectAsync(_broker.BootstrapServers);
        await waiting.CreateTopicAsync(Topic);
        var first = await RawClient.ConnectAsync(_broker.BootstrapServers);
        await BeginRequestAsync(first, RequestRoomBytes);
        var answer = Task.CompletedTask;
        await Eventually.Async(
            async () => await Task.WhenAny(answer = ProduceAsync(waiting), Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System)) != answer, Eventually.DefaultDeadline, "a large one waits");
        using var small = await RawClient.ConnectAsync(_broker.BootstrapServers);
        for (var i = 0; i < 20; i++)
            await small.CreateTopicAsync(Topic);

        answer.IsCompleted.ShouldBeFalse();
        first.Dispose();
        await answer;
    }

    [Fact]
    public async Task One_request_larger_than_all_the_room_is_served()
    {
        using var client = await RawClient.ConnectAsync(_broker.BootstrapServers);
        await client.SendAsync(ApiKey.Metadata, 1, isFlexible: false, static writer => writer.WriteStringArray([.. Enumerable.Repeat(new string('x', 200), 60_000)]));
        (await client.ReceiveFrameAsync()).ShouldNotBeNull();
        await client.CreateTopicAsync(Topic);
    }

    [Fact]
    public async Task Where_responses_hold_much_a_fetch_gets_one_batch()
    {
        using var client = await RawClient.ConnectAsync(_broker.BootstrapServers);
        await client.CreateTopicAsync(Topic);
        for (var i = 0; i < Batches; i++)
            await ProduceAsync(client);

        // Much larger than the room, in which the answers are read while they are sent.
        var greedy = new List<RawClient>();
        for (var i = 0; i < RecordRoomBytes / AnswerRoomBytes; i++)
        {
            greedy.Add(await RawClient.ConnectAsync(_broker.BootstrapServers));
            await greedy[^1].SendAsync(ApiKey.Fetch, RawTopic.FetchVersion, isFlexible: false, WriteFetch);
            (await greedy[^1].ReceiveLengthAsync()).ShouldBeGreaterThan(Batches * ValueBytes);
        }

        (await FetchedBytesAsync(client)).ShouldBeInRange(ValueBytes, 2 * ValueBytes);
        greedy.ForEach(one => one.Dispose());
        await Eventually.Async(async () => await FetchedBytesAsync(client) > Batches * ValueBytes, Eventually.DefaultDeadline, "there is room again");
    }

    // The length and half of what it announces.
    private static async Task BeginRequestAsync(RawClient client, int sizeBytes)
    {
        var half = new byte[sizeBytes / 2];
        BinaryPrimitives.WriteInt32BigEndian(half, sizeBytes);
        await client.SendBytesAsync(half);
    }

    private static async Task<int> FetchedBytesAsync(RawClient client)
    {
        await client.SendAsync(ApiKey.Fetch, RawTopic.FetchVersion, isFlexible: false, WriteFetch);
        return (await client.ReceiveFrameAsync()).ShouldNotBeNull().Length;
    }

    private static Task ProduceAsync(RawClient client) => client.ProduceAsync(Topic, Some.Batch([new string('x', ValueBytes)]));

    private static void WriteFetch(WireWriter writer) => RawTopic.WriteFetch(writer, Topic, [0], offset: 0, bytesMax: int.MaxValue);
}
