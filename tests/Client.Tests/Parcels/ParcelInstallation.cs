using Streaming.Client.Tests.Running;
using Streaming.Commands;

namespace Streaming.Client.Tests.Parcels;

/// <summary>One host of parcels for the tests that need nothing special of it.</summary>
public sealed class ParcelInstallation : IAsyncDisposable
{
    private readonly SemaphoreSlim _once = new(1, 1);
    private ProcessorHost? _host;

    public string Prefix { get; } = SomeNames.Prefix();

    internal async Task OnAsync(KafkaFixture kafka, RegistryFixture registry)
    {
        await _once.WaitAsync();
        try
        {
            _host ??= await StartAsync(kafka, registry, Prefix);
        }
        finally
        {
            _once.Release();
        }
    }

    internal static Task<ProcessorHost> StartAsync(KafkaFixture kafka, RegistryFixture registry, string prefix) => ProcessorHost.StartAsync(
        kafka.BootstrapServers, registry.Url, prefix, services => services.AddCommandProcessor(ParcelContext.Definition));

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
            await _host.DisposeAsync();
        _once.Dispose();
    }
}
