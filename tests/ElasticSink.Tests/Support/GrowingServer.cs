using Streaming.Fixtures;
using Streaming.Search;

namespace Streaming.ElasticSink.Tests.Support;

/// <summary>A search node that takes small requests only, until it is told to take large ones.</summary>
internal sealed class GrowingServer : IAsyncDisposable
{
    private readonly TempFolder _folder = new("elastic-host");
    private SearchServer _server = null!;

    public string Url => _server.Url;

    public static async Task<GrowingServer> StartAsync(int requestBytesMax)
    {
        var growing = new GrowingServer();
        growing._server = await SearchServer.StartAsync(new SearchServerOptions { DataDirectory = growing._folder.Path, RequestBytesMax = requestBytesMax });
        return growing;
    }

    public async Task GrowAsync()
    {
        var url = Url;
        await _server.DisposeAsync();
        _server = await SearchServer.StartAsync(new SearchServerOptions { DataDirectory = _folder.Path, Url = url });
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }
}
