using Streaming.Fixtures;

namespace Streaming.Search.Tests.Support;

/// <summary>A search server for the tests of a class.</summary>
public abstract class SearchFixture : IAsyncLifetime
{
    private string? _url;

    public string Url => _url ?? throw new InvalidOperationException("The fixture is not initialised yet.");

    public async ValueTask InitializeAsync() => _url = (await StartAsync()).TrimEnd('/');

    public abstract ValueTask DisposeAsync();

    protected abstract Task<string> StartAsync();
}

/// <summary>The embedded node, in this process.</summary>
public sealed class EmbeddedSearchFixture : SearchFixture
{
    private readonly TempFolder _folder = new("search");
    private SearchServer? _server;

    public override async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _folder.Dispose();
    }

    protected override async Task<string> StartAsync()
    {
        _server = await SearchServer.StartAsync(new SearchServerOptions { DataDirectory = _folder.Path, RequestBytesMax = 4 << 20 });
        return _server.Url;
    }
}

/// <summary>One that nobody of this project wrote, for classes marked <c>[Needs(RealServer.Search)]</c>.</summary>
public sealed class RealSearchFixture : SearchFixture
{
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Empty where the server is absent: its tests are left out then, but the class's fixture is still created.</summary>
    protected override Task<string> StartAsync() => RealServers.Has(RealServer.Search) ? RealServers.SearchAsync() : Task.FromResult("");
}
