#pragma warning disable CA1822 // Instance members, as those of the class that this stands in for.

namespace Streaming.Benchmarks.Serdes;

/// <summary>Stands in for the comparison where the packages of others are not at hand.</summary>
internal sealed class PeerSerdes : IDisposable
{
    public PeerSerdes(string registryUrl) =>
        Console.WriteLine($"Not compared on {registryUrl}: Confluent's serdes are not in ../shared/packages.");

    public IEnumerable<Contender> Serializers() => [];

    public Task<IReadOnlyList<Contender>> DeserializersAsync() => Task.FromResult<IReadOnlyList<Contender>>([]);

    public void Dispose()
    {
    }
}
