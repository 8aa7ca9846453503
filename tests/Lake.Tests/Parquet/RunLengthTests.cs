using Streaming.Lake.Parquet;
using Streaming.Lake.Parquet.Encodings;
using Streaming.Lake.Tests.Support;

namespace Streaming.Lake.Tests.Parquet;

public sealed class RunLengthTests
{
    [Fact]
    public void Numbers_of_any_width_are_read_back() => Seeds.ForEach(400, random =>
    {
        var bitWidth = random.Next(0, 21);
        var max = (1 << bitWidth) - 1;
        var values = new List<int>();
        for (var parts = random.Next(1, 20); parts > 0; parts--)
        {
            var value = random.Next(max + 1);
            var isRun = random.Next(2) == 0;
            values.AddRange(Enumerable.Range(0, random.Next(1, 60)).Select(_ => isRun ? value : random.Next(max + 1)));
        }
        var output = new ByteBuffer();
        RunLength.Encode<int>(values.ToArray(), bitWidth, output);
        var decoded = new int[values.Count];
        RunLength.Decode(output.Span, bitWidth, max, decoded.AsSpan()).ShouldBe(output.Length);
        decoded.ShouldBe(values);
    });

    [Theory]
    [InlineData("")]             // Nothing where eight are due.
    [InlineData("00")]           // A run of nothing.
    [InlineData("10")]           // A run without its value.
    [InlineData("03AA")]         // A group of eight in one byte of the two it needs.
    [InlineData("1003")]         // A value above the highest.
    [InlineData("FFFFFFFFFFFFFFFFFFFFFF")]
    public void Hostile_runs_are_refused(string hex) =>
        Should.Throw<MalformedParquetException>(() => RunLength.Decode(Convert.FromHexString(hex), 2, 2, new byte[8].AsSpan()));
}
