using Streaming.Fixtures;

namespace Streaming.Notifications.Tests.Support;

/// <summary>Kafka and registry for the tests of a class.</summary>
public sealed class Servers : IAsyncLifetime
{
    public KafkaFixture Kafka { get; } = new();
    public RegistryFixture Registry { get; } = new();

    public async ValueTask InitializeAsync()
    {
        await Kafka.InitializeAsync();
        await Registry.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Registry.DisposeAsync();
        await Kafka.DisposeAsync();
    }
}
