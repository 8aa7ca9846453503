using Streaming.Fixtures;

namespace Streaming.Registry.Tests;

/// <summary>A registry that a test has for itself alone, with the broker below it, because it changes what others would feel.</summary>
internal sealed class RegistryOfItsOwn : IAsyncDisposable
{
    private readonly EmbeddedKafkaFixture _kafka = new();
    private RegistryServer? _server;

    /// <summary>Returns its URL.</summary>
    public async Task<string> StartAsync()
    {
        await _kafka.InitializeAsync();
        _server = await RegistryServer.StartAsync(new RegistryServerOptions { BootstrapServers = _kafka.BootstrapServers, Topic = SomeNames.Name("_schemas") });
        return _server.Url;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        await _kafka.DisposeAsync();
    }
}
