using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Server;

public sealed class ApiVersionsTests : IAsyncLifetime
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
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Every_served_version_lists_the_apis(short version)
    {
        using var client = await RawClient.ConnectAsync(_broker.BootstrapServers);
        var (error, keys) = await client.AskAsync(ApiKey.ApiVersions, version, isFlexible: version >= 3, WriteRequest, ReadResponse);
        error.ShouldBe(ErrorCode.None);
        keys.ShouldContain(ApiKey.ApiVersions);
    }

    [Fact]
    public async Task A_version_of_the_future_is_answered_in_version_0()
    {
        using var client = await RawClient.ConnectAsync(_broker.BootstrapServers);
        await client.SendAsync(ApiKey.ApiVersions, 99, isFlexible: true, WriteRequest);
        var (error, keys) = await client.ReceiveAsync(ApiKey.ApiVersions, 0, isFlexible: false, ReadResponse);
        error.ShouldBe(ErrorCode.UnsupportedVersion);
        keys.ShouldContain(ApiKey.ApiVersions);
    }

    [Fact]
    public async Task Pipelined_requests_are_answered_in_order()
    {
        using var client = await RawClient.ConnectAsync(_broker.BootstrapServers);
        for (var i = 0; i < 50; i++)
            await client.SendAsync(ApiKey.ApiVersions, 0, isFlexible: false, static _ => { });
        for (var i = 1; i <= 50; i++)
            new WireReader((await client.ReceiveFrameAsync()).ShouldNotBeNull()).ReadInt32().ShouldBe(i);
    }

    private static void WriteRequest(WireWriter writer)
    {
        if (writer.Version < 3)
            return;
        writer.WriteString("raw");
        writer.WriteString("1");
        writer.WriteEmptyTags();
    }

    private static (ErrorCode Error, ApiKey[] Keys) ReadResponse(ref WireReader reader)
    {
        var error = (ErrorCode)reader.ReadInt16();
        var keys = reader.ReadArray(static (ref r) =>
        {
            var key = (ApiKey)r.ReadInt16();
            r.ReadInt32(); // lowest and highest version
            r.SkipTags();
            return key;
        });
        if (reader.Version >= 1)
            reader.ReadInt32();
        reader.SkipTags();
        return (error, keys);
    }
}
