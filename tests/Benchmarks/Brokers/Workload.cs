using System.Globalization;
using Confluent.Kafka;

namespace Streaming.Benchmarks.Brokers;

/// <summary>What is sent: how large records are, over how many partitions, and how batches are compressed.</summary>
internal sealed record Workload(int RecordBytes, int Partitions, CompressionType Codec)
{
    private const int ValueCount = 1_024;

    /// <summary>Values that a codec makes about half as large, as it does with JSON.</summary>
    public byte[][] Values()
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, ValueCount).Select(_ => Convert.ToHexString(Bytes(random)).ToCharArray().Take(RecordBytes).Select(c => (byte)c).ToArray())];
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{RecordBytes,5} B, {Partitions,2} partition{(Partitions == 1 ? "" : "s")}, {Codec.ToString().ToLowerInvariant()}");

    private byte[] Bytes(Random random)
    {
        var bytes = new byte[(RecordBytes + 1) / 2];
        random.NextBytes(bytes);
        return bytes;
    }
}
