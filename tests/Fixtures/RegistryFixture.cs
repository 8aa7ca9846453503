using Xunit;

namespace Streaming.Fixtures;

/// <summary>A schema registry for the tests of a class or an assembly: the one <c>SCHEMA_REGISTRY_URL</c> names.</summary>
/// <remarks>It may be shared with others, so record names of a test lie in <see cref="SomeNames.Namespace"/>.</remarks>
public class RegistryFixture : IAsyncLifetime
{
    private string? _url;

    /// <summary>Base URL of the Confluent API, without a slash at its end.</summary>
    public string Url => _url ?? throw new InvalidOperationException("The fixture is not initialised yet.");

    public async ValueTask InitializeAsync() => _url = (await StartAsync()).TrimEnd('/');

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    protected virtual Task<string> StartAsync() =>
        Task.FromResult(RealServers.Running(RealServer.Registry)
            ?? throw new InvalidOperationException("Set SCHEMA_REGISTRY_URL to a running registry."));
}

/// <summary>A registry that nobody of this project wrote, for classes marked <c>[Needs(RealServer.Registry)]</c>.</summary>
public sealed class RealRegistryFixture : RegistryFixture
{
    /// <summary>Empty where the server is absent: its tests are left out then, but the class's fixture is still created.</summary>
    protected override Task<string> StartAsync() => RealServers.Has(RealServer.Registry) ? RealServers.RegistryAsync() : Task.FromResult("");
}
