using Streaming.Fixtures;

namespace Streaming.Broker.Conformance.Tests;

/// <summary>The embedded broker in a temporary folder. Unlike its base, it never takes another broker: the suites have a class for each.</summary>
public sealed class EmbeddedKafkaFixture : KafkaFixture
{
    private readonly TempFolder _folder = new("broker");
    private EmbeddedBroker? _broker;

    protected override async Task<string> StartAsync()
    {
        _broker = await EmbeddedBroker.StartAsync(new BrokerOptions { DataDirectory = _folder.Path });
        return _broker.BootstrapServers;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_broker is not null)
            await _broker.DisposeAsync();
        _folder.Dispose();
        await base.DisposeAsync();
    }
}
