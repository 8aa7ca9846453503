using Streaming.Broker.Tests.Log;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Fetching;

/// <summary>A consumer reads megabytes of which a bit was turned over on disk.</summary>
public sealed class DamagedFetchTests : IAsyncLifetime
{
    private const string Topic = "topic";
    private const int Batches = 40;
    private const int DamagedOffset = 25;
    private const int ValueBytes = 50_000;
    private readonly TempFolder _folder = new();
    private readonly CollectingLogger _logger = new();
    private EmbeddedBroker _broker = null!;

    public async ValueTask InitializeAsync()
    {
        _broker = await EmbeddedBroker.StartAsync(new BrokerOptions { DataDirectory = _folder.Path, AutoCreateTopics = true }, _logger);
        using var client = await RawClient.ConnectAsync(_broker.BootstrapServers);
        await client.CreateTopicAsync(Topic);
        for (var i = 0; i < Batches; i++)
            await client.ProduceAsync(Topic, Some.Batch([new string('x', ValueBytes)]));
    }

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_connection_ends_then_come_the_records_before_it_then_the_reason()
    {
        (await FetchAsync(offset: 0)).ShouldBe((ErrorCode.None, Batches));
        BitRot.Flip(SegmentPath(), (DamagedOffset * Some.Batch([new string('x', ValueBytes)]).Length) + 100, bit: 3);

        (await FetchAsync(offset: 0)).ShouldBeNull();
        (await FetchAsync(offset: 0)).ShouldBe((ErrorCode.None, DamagedOffset));
        (await FetchAsync(DamagedOffset)).ShouldBe((ErrorCode.CorruptMessage, 0));
        (await FetchAsync(DamagedOffset + 1)).ShouldBe((ErrorCode.None, Batches - DamagedOffset - 1));
        _logger.Errors.ShouldHaveSingleItem().ShouldContain($"{Topic}-0@{DamagedOffset}");
    }

    // The error, and how many batches came; null where the connection ended instead.
    private async Task<(ErrorCode Error, int Batches)?> FetchAsync(long offset)
    {
        using var client = await RawClient.ConnectAsync(_broker.BootstrapServers);
        await client.SendAsync(ApiKey.Fetch, RawTopic.FetchVersion, isFlexible: false, writer => RawTopic.WriteFetch(writer, Topic, [0], offset, bytesMax: int.MaxValue));
        return await client.ReceiveFrameAsync() is { } frame ? Read(frame) : null;
    }

    private static (ErrorCode Error, int Batches) Read(byte[] frame)
    {
        var reader = new WireReader(frame.AsMemory(sizeof(int)), RawTopic.FetchVersion);
        var (error, records) = RawTopic.ReadFetched(ref reader);
        return (error, records.Length / ValueBytes);
    }

    private string SegmentPath() => Directory.GetFiles(_folder.Path, "00000000000000000000.log", SearchOption.AllDirectories)
        .Single(file => Path.GetFileName(Path.GetDirectoryName(file)) == $"{Topic}-0");
}
