using System.Numerics;
using Streaming.Avro.Binary;

namespace Streaming.Avro.Tests.Binary;

public sealed class LogicalTypeTests
{
    [Theory]
    [InlineData("0.00")]
    [InlineData("-0.01")]
    [InlineData("1.28")]
    [InlineData("-1.28")]
    [InlineData("99999999999999999999999999.99")]
    [InlineData("-99999999999999999999999999.99")]
    public void A_decimal_comes_back(string text)
    {
        var value = decimal.Parse(text);
        Read(Write((ref writer) => writer.WriteDecimal(value, precision: 28, scale: 2)), (ref reader) => reader.ReadDecimal(scale: 2)).ShouldBe(value);
        Read(Write((ref writer) => writer.WriteFixedDecimal(value, precision: 28, scale: 2, sizeBytes: 20)), (ref reader) => reader.ReadFixedDecimal(scale: 2, sizeBytes: 20)).ShouldBe(value);
    }

    [Fact]
    public void A_decimal_takes_the_fewest_bytes_and_comes_back_from_those_and_from_more() => Seeds.ForEach(1_000, random =>
    {
        // Around every power of two, where another bit or byte begins.
        var digits = (BigInteger.One << random.Next(93)) + random.Next(-2, 3);
        var value = (decimal)(random.Next(2) == 0 ? digits : -digits) * 0.01m;
        var bytes = new BigInteger(value * 100).ToByteArray(isBigEndian: true);
        var sign = value < 0 ? byte.MaxValue : byte.MinValue;
        byte[] padded = [.. Enumerable.Repeat(sign, random.Next(20)), .. bytes];

        Write((ref writer) => writer.WriteDecimal(value, precision: 28, scale: 2)).ShouldBe([(byte)(bytes.Length << 1), .. bytes]);
        Read([(byte)(bytes.Length << 1), .. bytes], (ref reader) => reader.ReadDecimal(scale: 2)).ShouldBe(value);
        Read([(byte)(padded.Length << 1), .. padded], (ref reader) => reader.ReadDecimal(scale: 2)).ShouldBe(value);
    });

    [Fact]
    public void A_decimal_of_fewer_digits_after_the_point_is_filled_up() =>
        Read(Write((ref writer) => writer.WriteDecimal(7m, precision: 9, scale: 4)), (ref reader) => reader.ReadDecimal(scale: 4)).ToString().ShouldBe("7.0000");

    [Theory]
    [InlineData("0.001", 9, 2)]
    [InlineData("100", 4, 2)]
    [InlineData("79228162514264337593543950335", 28, 0)]
    [InlineData("79228162514264337593543950335", 28, 28)]
    public void A_decimal_is_never_rounded(string text, int precision, int scale) =>
        Should.Throw<ArgumentException>(() => Write((ref writer) => writer.WriteDecimal(decimal.Parse(text), precision, scale)));

    [Fact]
    public void A_time_is_cut_off_towards_the_past()
    {
        var beforeEpoch = DateTimeOffset.UnixEpoch.AddTicks(-1);
        Write((ref writer) => writer.WriteTimestampMillis(beforeEpoch)).ShouldBe([1]);
        Write((ref writer) => writer.WriteTimestampMicros(beforeEpoch)).ShouldBe([1]);
        Write((ref writer) => writer.WriteTimestampMicros(beforeEpoch.ToOffset(TimeSpan.FromHours(5)))).ShouldBe([1]);
    }

    [Fact]
    public void The_ends_of_time_come_back()
    {
        foreach (var time in new[] { DateTimeOffset.MinValue, DateTimeOffset.MaxValue.AddTicks(-9_999) })
            Read(Write((ref writer) => writer.WriteTimestampMillis(time)), (ref reader) => reader.ReadTimestampMillis()).ShouldBe(time);
        foreach (var date in new[] { DateOnly.MinValue, DateOnly.MaxValue })
            Read(Write((ref writer) => writer.WriteDate(date)), (ref reader) => reader.ReadDate()).ShouldBe(date);
        Read(Write((ref writer) => writer.WriteTimeMicros(TimeOnly.MaxValue)), (ref reader) => reader.ReadTimeMicros()).ShouldBe(new TimeOnly(23, 59, 59, 999, 999));
    }

    [Fact]
    public void A_time_of_day_outside_of_the_day_is_refused() =>
        Should.Throw<MalformedAvroException>(() => Read(Write((ref writer) => writer.WriteInt(86_400_000)), (ref reader) => reader.ReadTimeMillis()));

    [Fact]
    public void A_text_that_is_no_UUID_is_refused() =>
        Should.Throw<MalformedAvroException>(() => Read(Write((ref writer) => writer.WriteString("f81d4fae-7dec-11d0-a765-00a0c91e6bfX")), (ref reader) => reader.ReadUuidString()));

    private delegate void Writing(ref AvroWriter writer);

    private static byte[] Write(Writing write)
    {
        var buffer = new byte[100];
        var writer = new AvroWriter(buffer);
        write(ref writer);
        return buffer[..writer.Written];
    }

    private static T Read<T>(byte[] bytes, AvroItemReader<T> read)
    {
        var reader = new AvroReader(bytes);
        var value = read(ref reader);
        reader.ReadEnd();
        return value;
    }
}
