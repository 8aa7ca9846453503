using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Wire;

public sealed class WireCodecTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_written_is_read_back(bool isFlexible)
    {
        var reader = new WireReader(Written(isFlexible), isFlexible: isFlexible);
        reader.ReadBoolean().ShouldBeTrue();
        reader.ReadInt8().ShouldBe((sbyte)-5);
        reader.ReadInt16().ShouldBe((short)-300);
        reader.ReadInt32().ShouldBe(int.MinValue);
        reader.ReadInt64().ShouldBe(long.MaxValue);
        reader.ReadDouble().ShouldBe(0.1);
        reader.ReadUuid().ShouldBe(new Guid("01020304-0506-0708-090a-0b0c0d0e0f10"));
        reader.ReadUnsignedVarint().ShouldBe(uint.MaxValue);
        reader.ReadVarint().ShouldBe(int.MinValue);
        reader.ReadVarlong().ShouldBe(long.MinValue);
        reader.ReadString().ShouldBe("tøpic");
        reader.ReadNullableString().ShouldBeNull();
        reader.ReadBytes().ToArray().ShouldBe([1, 2, 3]);
        reader.ReadNullableBytes().HasValue.ShouldBeFalse();
        reader.ReadInt32Array().ShouldBe([7, 8]);
        reader.ReadNullableArray(static (ref r) => r.ReadInt8()).ShouldBeNull();
        reader.SkipTags();
        reader.ExpectEnd();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_message_cut_at_any_byte_is_malformed(bool isFlexible)
    {
        var whole = Written(isFlexible);
        for (var sizeBytes = 0; sizeBytes < whole.Length; sizeBytes++)
        {
            var cut = whole[..sizeBytes];
            Should.Throw<MalformedFrameException>(() => ReadAll(cut, isFlexible), $"{sizeBytes} bytes");
        }
    }

    [Fact]
    public void A_uuid_is_big_endian_on_the_wire() =>
        Written(isFlexible: false).AsSpan(24, 16).ToArray().ShouldBe(Enumerable.Range(1, 16).Select(i => (byte)i));

    [Theory]
    [InlineData("FFFFFFFFFF01")] // longer than five bytes
    [InlineData("FFFFFFFF0F")] // a compact length of 4 294 967 294
    public void Absurd_varints_are_malformed(string hex) =>
        Should.Throw<MalformedFrameException>(() => new WireReader(Convert.FromHexString(hex), isFlexible: true).ReadNullableString());

    [Fact]
    public void An_array_longer_than_its_frame_costs_no_memory()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<MalformedFrameException>(() => new WireReader(Convert.FromHexString("7FFFFFFF00")).ReadArray(static (ref r) => r.ReadInt64()));
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(100_000);
    }

    [Fact]
    public void Unknown_tagged_fields_are_skipped()
    {
        var reader = new WireReader(Convert.FromHexString("02" + "0502AABB" + "0601CC" + "2A"), isFlexible: true);
        reader.SkipTags();
        reader.ReadInt8().ShouldBe((sbyte)42);
    }

    [Fact]
    public void Attached_records_lie_where_they_were_written()
    {
        using var writer = new WireWriter();
        writer.Reset(version: 0, isFlexible: false);
        writer.WriteInt8(1);
        writer.WriteRecords(new byte[] { 9, 9 });
        writer.WriteInt8(2);
        writer.WriteRecords(ReadOnlyMemory<byte>.Empty);
        writer.Parts().ShouldHaveSingleItem().SelectMany(piece => piece.ToArray()).ShouldBe(new byte[] { 1, 0, 0, 0, 2, 9, 9, 2, 0, 0, 0, 0 });
        writer.Length.ShouldBe(12);
    }

    private static byte[] Written(bool isFlexible)
    {
        using var writer = new WireWriter();
        writer.Reset(version: 0, isFlexible);
        writer.WriteBoolean(true);
        writer.WriteInt8(-5);
        writer.WriteInt16(-300);
        writer.WriteInt32(int.MinValue);
        writer.WriteInt64(long.MaxValue);
        writer.WriteDouble(0.1);
        writer.WriteUuid(new Guid("01020304-0506-0708-090a-0b0c0d0e0f10"));
        writer.WriteUnsignedVarint(uint.MaxValue);
        writer.WriteVarint(int.MinValue);
        writer.WriteVarlong(long.MinValue);
        writer.WriteString("tøpic");
        writer.WriteNullableString(null);
        writer.WriteBytes(new byte[] { 1, 2, 3 });
        writer.WriteNullableBytes(null);
        writer.WriteInt32Array([7, 8]);
        writer.WriteNullableArray<int>(null, static (w, value) => w.WriteInt32(value));
        writer.WriteEmptyTags();
        return writer.Written.ToArray();
    }

    private static void ReadAll(byte[] bytes, bool isFlexible)
    {
        var reader = new WireReader(bytes, isFlexible: isFlexible);
        reader.ReadRaw(40);
        reader.ReadUnsignedVarint();
        reader.ReadVarint();
        reader.ReadVarlong();
        reader.ReadNullableString();
        reader.ReadNullableString();
        reader.ReadNullableBytes();
        reader.ReadNullableBytes();
        reader.ReadInt32Array();
        reader.ReadNullableArray(static (ref r) => r.ReadInt8());
        reader.SkipTags();
    }
}
