using Streaming.Fixtures;
using Streaming.Search;

namespace Streaming.ElasticSink.Tests.Support;

/// <summary>A search server for the tests of a class.</summary>
public abstract class ServerFixture : IAsyncLifetime
{
    public string Url { get; protected set; } = "";

    public abstract ValueTask InitializeAsync();

    public abstract ValueTask DisposeAsync();
}

/// <summary>The embedded node, in this process.</summary>
public sealed class EmbeddedServer : ServerFixture
{
    private readonly TempFolder _folder = new("elastic");
    private SearchServer? _server;

    public override async ValueTask InitializeAsync()
    {
        _server = await SearchServer.StartAsync(new SearchServerOptions { DataDirectory = _folder.Path, RequestBytesMax = 256 << 10 });
        Url = _server.Url;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>One that nobody of this project wrote, for classes marked <c>[Needs(RealServer.Search)]</c>.</summary>
public sealed class RealServerFixture : ServerFixture
{
    public override async ValueTask InitializeAsync() => Url = RealServers.Has(RealServer.Search) ? await RealServers.SearchAsync() : "";

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
