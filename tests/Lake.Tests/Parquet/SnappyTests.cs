using Streaming.Lake.Parquet;
using Streaming.Lake.Parquet.Encodings;
using Streaming.Lake.Tests.Support;
using Streaming.Shared;

namespace Streaming.Lake.Tests.Parquet;

public sealed class SnappyTests
{
    [Fact]
    public void What_is_compressed_is_read_back() => Seeds.ForEach(200, random =>
    {
        var input = SomeBytes(random);
        Decompress(Compress(input), input.Length).ShouldBe(input);
    });

    [Fact]
    public void What_repeats_becomes_small() => Compress(Enumerable.Repeat("inventory.events-3"u8.ToArray(), 10_000).SelectMany(bytes => bytes).ToArray()).Length.ShouldBeLessThan(10_000);

    [Fact]
    public void Damaged_blocks_are_errors_or_other_bytes_and_never_more() => Seeds.ForEach(500, random =>
    {
        var input = SomeBytes(random);
        var compressed = Compress(input);
        for (var i = random.Next(1, 4); i > 0; i--)
            compressed[random.Next(compressed.Length)] = (byte)random.Next(256);
        try
        {
            Decompress(compressed[..random.Next(compressed.Length + 1)], input.Length);
        }
        catch (MalformedParquetException)
        {
            // As it should be.
        }
    });

    [Theory]
    [InlineData("05")]                  // Announces five bytes, and has none.
    [InlineData("0510616263")]          // A literal that goes beyond.
    [InlineData("0501")]                // A copy without its distance.
    [InlineData("05046162" + "0509")]   // A copy from before the beginning.
    [InlineData("FFFFFFFFFF")]          // A length that is none.
    public void Hostile_blocks_are_refused(string hex) =>
        Should.Throw<MalformedParquetException>(() => Decompress(Convert.FromHexString(hex), 5));

    private static byte[] Compress(byte[] input)
    {
        var output = new byte[SnappyCompressor.BytesMax(input.Length)];
        return output[..new SnappyCompressor().Compress(input, output)];
    }

    private static byte[] Decompress(byte[] input, int length)
    {
        var output = new byte[length];
        SnappyDecompressor.Decompress(input, output);
        return output;
    }

    /// <summary>A mixture of noise, runs, and repetitions from near and far.</summary>
    private static byte[] SomeBytes(Random random)
    {
        var bytes = new List<byte>();
        for (var parts = random.Next(0, 40); parts > 0; parts--)
        {
            var part = new byte[random.Next(1, random.Next(2) == 0 ? 20 : 9_000)];
            switch (random.Next(3))
            {
                case 0: random.NextBytes(part); break;
                case 1: Array.Fill(part, (byte)random.Next(256)); break;
                default:
                    if (bytes.Count > 0)
                        part = [.. bytes.Skip(random.Next(bytes.Count)).Take(part.Length)];
                    break;
            }
            bytes.AddRange(part);
        }
        return [.. bytes];
    }
}
