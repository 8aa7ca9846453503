using Streaming.Lake.Parquet;
using Streaming.Lake.Parquet.Reading;
using Streaming.Lake.Tests.Support;

namespace Streaming.Lake.Tests.Parquet;

public sealed class HostileParquetTests
{
    private const long AllocatedMax = 512L << 20;

    [Fact]
    public void Damaged_files_are_errors_or_other_rows() => Seeds.ForEach(300, random =>
    {
        var bytes = SomeTable.Random(random, random.Next(1, 60)).ToFile(random.Next(2) == 0 ? Compression.Snappy : Compression.None).ToArray();
        for (var i = random.Next(1, 5); i > 0; i--)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        ReadAll(bytes);
    });

    [Fact]
    public void Damaged_footers_are_errors_or_other_rows() => Seeds.ForEach(600, random =>
    {
        var bytes = SomeTable.Random(random, random.Next(1, 5)).ToFile().ToArray();
        var footer = BitConverter.ToInt32(bytes.AsSpan()[^8..]);
        for (var i = random.Next(1, 3); i > 0; i--)
            bytes[bytes.Length - 8 - random.Next(1, footer)] = (byte)random.Next(256);
        ReadAll(bytes);
    });

    [Fact]
    public void Files_cut_short_are_errors() => Seeds.ForEach(100, random =>
    {
        var bytes = SomeTable.Random(random, 20).ToFile();
        Should.Throw<MalformedParquetException>(() => ParquetFile.Open(bytes[..random.Next(bytes.Length)]));
    });

    [Fact]
    public void Files_whose_middle_is_missing_are_errors() => Seeds.ForEach(100, random =>
    {
        var bytes = SomeTable.Random(random, 50).ToFile().ToArray();
        var from = random.Next(4, bytes.Length - 8);
        ReadAll([.. bytes[..from], .. bytes[random.Next(from, bytes.Length - 8)..]]);
    });

    [Fact]
    public void Noise_is_an_error() => Seeds.ForEach(300, random =>
    {
        var bytes = new byte[random.Next(0, 400)];
        random.NextBytes(bytes);
        Should.Throw<MalformedParquetException>(() => ParquetFile.Open(bytes));
        // Between the magic words, and behind a length that fits.
        var footer = BitConverter.GetBytes(random.Next(1, bytes.Length + 1));
        ReadAll([.. "PAR1"u8, .. bytes, .. footer, .. "PAR1"u8]);
    });

    /// <summary>An error of ours, or rows; never another exception, and never memory out of proportion.</summary>
    private static void ReadAll(byte[] bytes)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            var file = ParquetFile.Open(bytes);
            for (var group = 0; group < file.RowGroups.Count; group++)
            {
                for (var column = 0; column < file.Schema.Columns.Count; column++)
                    file.Read(group, column);
            }
        }
        catch (Exception cause) when (cause is MalformedParquetException or UnsupportedParquetException)
        {
            // As it should be.
        }
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(AllocatedMax);
    }
}
