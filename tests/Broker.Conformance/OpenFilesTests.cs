using System.Net;
using System.Net.Sockets;
using Streaming.Broker.Conformance.Tests.Transactions;
using Streaming.Broker.Tests.Log;
using Streaming.Fixtures;
using KafkaError = Streaming.Broker.Wire.ErrorCode;

namespace Streaming.Broker.Conformance.Tests;

/// <summary>The real broker with the file descriptors used up that the system allows it: who is there is served, what needs another file is refused, and who comes is turned away.</summary>
public sealed class OpenFilesTests : IDisposable
{
    private const int OpenFilesMax = 400;
    private const short Version = 12;
    private readonly TempFolder _folder = new("files");
    private readonly string _kept = SomeNames.Name("kept");
    private readonly string _rolling = SomeNames.Name("rolling");
    private readonly List<string> _acknowledged = [];
    private readonly string _large = new('x', 130);   // Of which a segment has room for one, and for something small.
    private int _segments;

    public void Dispose() => _folder.Dispose();

    [ConformanceFact]
    public async Task Without_descriptors_those_who_are_there_are_served_and_the_others_once_some_are_free()
    {
        var broker = await BrokerProcess.StartAsync(_folder.Path, openFilesMax: OpenFilesMax);
        await CreateAsync(broker, _kept);
        await CreateAsync(broker, _rolling, segmentBytes: 300);
        using (var client = await RawTransactions.ConnectAsync(broker.BootstrapServers, SomeNames.Name("id"), isPatient: false))
        {
            var idle = await ConnectAsync(broker, OpenFilesMax);
            await FillAsync(client);
            for (var i = 0; i < 50; i++)
                await WriteAsync(client, $"{i}");
            (await client.ProduceAsync(Version, _rolling, Some.Batch([_large]))).ShouldBe(KafkaError.KafkaStorageError);
            (await client.ProduceAsync(Version, _rolling, Some.Batch(["fits"]))).ShouldBe(KafkaError.None);

            idle.ForEach(socket => socket.Dispose());
            await CreateAsync(broker, SomeNames.Name("after"));
            (await client.ProduceAsync(Version, _rolling, Some.Batch([_large]))).ShouldBe(KafkaError.None);
            await WriteAsync(client, "last");
        }

        await broker.KillAsync();
        await broker.DisposeAsync();
        broker = await BrokerProcess.StartAsync(_folder.Path, openFilesMax: OpenFilesMax);
        Clients.ReadAll(broker.BootstrapServers, _kept).ShouldBe(_acknowledged);
        Clients.ReadAll(broker.BootstrapServers, _rolling).ShouldBe([.. Enumerable.Repeat(_large, _segments), "fits", _large]);
        await broker.DisposeAsync();
    }

    // The system completes connections that nobody has accepted yet.
    private static async Task<List<Socket>> ConnectAsync(BrokerProcess broker, int count)
    {
        var sockets = new List<Socket>();
        for (var i = 0; i < count; i++)
        {
            sockets.Add(new Socket(SocketType.Stream, ProtocolType.Tcp));
            await sockets[^1].ConnectAsync(IPEndPoint.Parse(broker.BootstrapServers));
        }

        return sockets;
    }

    // A segment, and with it an open file, for each record.
    private async Task FillAsync(RawTransactions client)
    {
        while (await client.ProduceAsync(Version, _rolling, Some.Batch([_large])) is var error && error != KafkaError.KafkaStorageError)
        {
            error.ShouldBe(KafkaError.None);
            (++_segments).ShouldBeLessThan(OpenFilesMax);
        }
    }

    private static Task CreateAsync(BrokerProcess broker, string topic, int segmentBytes = 1_000_000) =>
        NewTopic.CreateAsync(broker.BootstrapServers, topic, configs: new() { ["segment.bytes"] = $"{segmentBytes}" });

    private async Task WriteAsync(RawTransactions client, string value)
    {
        (await client.ProduceAsync(Version, _kept, Some.Batch([value]))).ShouldBe(KafkaError.None);
        _acknowledged.Add(value);
    }
}
