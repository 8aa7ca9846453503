using System.Text;
using Streaming.Avro.Binary;

namespace Streaming.Avro.Tests.Binary;

public sealed class AvroWriterTests
{
    [Fact]
    public void A_full_span_is_a_flag_wherever_it_ends()
    {
        var whole = new byte[200];
        var size = WriteSomeOfAll(whole, out var overflown);
        overflown.ShouldBeFalse();
        for (var length = 0; length < size; length++)
        {
            WriteSomeOfAll(new byte[length], out overflown).ShouldBe(length);
            overflown.ShouldBeTrue($"{length} of {size} bytes");
        }
        var exact = new byte[size];
        WriteSomeOfAll(exact, out overflown).ShouldBe(size);
        overflown.ShouldBeFalse();
        exact.ShouldBe(whole[..size]);
    }

    [Fact]
    public void A_text_of_any_length_is_UTF8_behind_its_length_wherever_it_is_not_ASCII()
    {
        // Short ones, those of two vectors, longer ones, and those whose length takes two bytes have ways of their own.
        for (var length = 0; length <= 70; length++)
        {
            var ascii = string.Concat(Enumerable.Range(0, length).Select(i => (char)(i % 0x80)));
            foreach (var text in Enumerable.Range(0, length).SelectMany(at => new[] { '\u0080', 'é', '\uFFFD' }.Select(other => ascii[..at] + other + ascii[(at + 1)..])).Prepend(ascii))
            {
                var buffer = new byte[256];
                var writer = new AvroWriter(buffer);
                writer.WriteString(text);
                var reader = new AvroReader(buffer.AsSpan(0, writer.Written));
                Encoding.UTF8.GetString(reader.ReadBytes()).ShouldBe(text);
                reader.Remaining.ShouldBe(0);
            }
        }
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused() => Should.Throw<ArgumentException>(() =>
    {
        var writer = new AvroWriter(new byte[20]);
        writer.WriteString("a\ud800b");
    }).Message.ShouldContain("surrogate");

    [Fact]
    public void A_fixed_of_another_size_is_refused() => Should.Throw<ArgumentException>(() =>
    {
        var writer = new AvroWriter(new byte[20]);
        writer.WriteFixed([1, 2, 3], sizeBytes: 4);
    });

    [Fact]
    public void Nothing_is_allocated()
    {
        var buffer = new byte[200];
        WriteSomeOfAll(buffer, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        WriteSomeOfAll(buffer, out _);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static int WriteSomeOfAll(Span<byte> buffer, out bool overflown)
    {
        var writer = new AvroWriter(buffer);
        writer.WriteBoolean(true);
        writer.WriteInt(-1_000_000);
        writer.WriteLong(long.MinValue);
        writer.WriteFloat(1.5f);
        writer.WriteDouble(-2.5);
        writer.WriteString("plain");
        writer.WriteString("Minneapolis-2");
        writer.WriteString("größer 😀");
        writer.WriteString("");
        writer.WriteBytes([1, 2, 3]);
        writer.WriteUuidString(Guid.Empty);
        writer.WriteUuidFixed(Guid.Empty);
        writer.WriteDecimal(-12.34m, precision: 9, scale: 2);
        writer.WriteFixedDecimal(-12.34m, precision: 9, scale: 2, sizeBytes: 8);
        writer.WriteTimestampMicros(DateTimeOffset.UnixEpoch);
        writer.WriteDuration(new AvroDuration(1, 2, 3));
        writer.WriteBlockEnd();
        overflown = writer.IsOverflown;
        return writer.Written;
    }
}
