using Streaming.Fixtures;

namespace Streaming.ElasticSink.Tests.Support;

/// <summary>Kafka, registry and search server for tests of the whole host; each test takes prefixes of its own.</summary>
public abstract class HostServers(KafkaFixture kafka, ServerFixture search) : IAsyncLifetime
{
    public KafkaFixture Kafka { get; } = kafka;

    public RegistryFixture Registry { get; } = new();

    public ServerFixture Search { get; } = search;

    public virtual async ValueTask InitializeAsync()
    {
        await Kafka.InitializeAsync();
        await Registry.InitializeAsync();
        await Search.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Search.DisposeAsync();
        await Registry.DisposeAsync();
        await Kafka.DisposeAsync();
    }
}

/// <summary>The embedded broker and search node.</summary>
public sealed class EmbeddedHostServers() : HostServers(new EmbeddedKafkaFixture(), new EmbeddedServer());

/// <summary>Apache Kafka and OpenSearch, where both are present.</summary>
public sealed class RealHostServers() : HostServers(new RealKafkaFixture(), new RealServerFixture());
