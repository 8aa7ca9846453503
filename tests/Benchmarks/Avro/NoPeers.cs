namespace Streaming.Benchmarks.Avro;

/// <summary>Stands in for the comparison where the packages of others are not at hand.</summary>
internal static class Peers
{
    public static IEnumerable<Contender> Encoders()
    {
        Console.WriteLine("Not compared: Apache.Avro is not in ../shared/packages.");
        return [];
    }

    public static IEnumerable<Contender> Decoders(byte[] bytes) => [];

    public static IEnumerable<Contender> ResolvingDecoders(string writerSchema, byte[] bytes) => [];
}
