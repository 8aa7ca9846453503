using Streaming.Registry;
using Xunit;

namespace Streaming.Fixtures;

/// <summary>
/// A schema registry for the tests of a class or an assembly: the one <c>SCHEMA_REGISTRY_URL</c> names, or else the embedded one over the
/// broker of a <see cref="KafkaFixture"/>.
/// </summary>
/// <remarks>It may be shared with others, so record names of a test lie in <see cref="SomeNames.Namespace"/>.</remarks>
public class RegistryFixture : IAsyncLifetime
{
    private KafkaFixture? _kafka;
    private RegistryServer? _embedded;
    private string? _url;

    /// <summary>Base URL of the Confluent API, without a slash at its end.</summary>
    public string Url => _url ?? throw new InvalidOperationException("The fixture is not initialised yet.");

    public async ValueTask InitializeAsync() => _url = (await StartAsync()).TrimEnd('/');

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_embedded is not null)
            await _embedded.DisposeAsync();
        if (_kafka is not null)
            await _kafka.DisposeAsync();
    }

    protected virtual async Task<string> StartAsync() => RealServers.Running(RealServer.Registry) ?? await StartEmbeddedAsync();

    protected async Task<string> StartEmbeddedAsync()
    {
        _kafka = new KafkaFixture();
        await _kafka.InitializeAsync();
        _embedded = await RegistryServer.StartAsync(new RegistryServerOptions
        {
            BootstrapServers = _kafka.BootstrapServers,
            Topic = SomeNames.Name("_schemas"),
        });
        return _embedded.Url;
    }
}

/// <summary>The embedded registry, whatever the environment names.</summary>
public sealed class EmbeddedRegistryFixture : RegistryFixture
{
    protected override Task<string> StartAsync() => StartEmbeddedAsync();
}

/// <summary>A registry that nobody of this project wrote, for classes marked <c>[Needs(RealServer.Registry)]</c>.</summary>
public sealed class RealRegistryFixture : RegistryFixture
{
    /// <summary>Empty where the server is absent: its tests are left out then, but the class's fixture is still created.</summary>
    protected override Task<string> StartAsync() => RealServers.Has(RealServer.Registry) ? RealServers.RegistryAsync() : Task.FromResult("");
}
