using Xunit;

namespace Streaming.Fixtures;

/// <summary>
/// A broker for the tests of a class or an assembly: the one <c>KAFKA_BOOTSTRAP</c> names, or else an embedded one in a temporary folder, which all
/// fixtures of the process share while they live. So topics, groups and transactional ids of a test start with <see cref="SomeNames.Prefix"/>.
/// </summary>
public class KafkaFixture : IAsyncLifetime
{
    private string? _bootstrapServers;
    private bool _sharesEmbedded;

    /// <summary>Where clients connect first: <c>host:port</c>, comma separated.</summary>
    public string BootstrapServers => _bootstrapServers ?? throw new InvalidOperationException("The fixture is not initialised yet.");

    public async ValueTask InitializeAsync() => _bootstrapServers = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_sharesEmbedded)
            await SharedBroker.LeaveAsync();
    }

    /// <summary>Creates a topic and returns its name, once brokers know it. The cluster's default replication; <paramref name="configs"/> as Kafka names them.</summary>
    public async Task<string> CreateTopicAsync(string name, int partitions = 1, Dictionary<string, string>? configs = null)
    {
        await NewTopic.CreateAsync(BootstrapServers, name, partitions, configs);
        return name;
    }

    protected virtual async Task<string> StartAsync() => RealServers.Running(RealServer.Kafka) ?? await StartEmbeddedAsync();

    protected async Task<string> StartEmbeddedAsync()
    {
        var bootstrapServers = await SharedBroker.JoinAsync();
        _sharesEmbedded = true;
        return bootstrapServers;
    }
}

/// <summary>The embedded broker, whatever the environment names.</summary>
public sealed class EmbeddedKafkaFixture : KafkaFixture
{
    protected override Task<string> StartAsync() => StartEmbeddedAsync();
}

/// <summary>A real Apache Kafka, for classes marked <c>[Needs(RealServer.Kafka)]</c>.</summary>
public sealed class RealKafkaFixture : KafkaFixture
{
    /// <summary>Empty where the server is absent: its tests are left out then, but the class's fixture is still created.</summary>
    protected override Task<string> StartAsync() => RealServers.Has(RealServer.Kafka) ? RealServers.KafkaAsync() : Task.FromResult("");
}
