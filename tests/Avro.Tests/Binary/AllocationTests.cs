using Streaming.Avro.Binary;

namespace Streaming.Avro.Tests.Binary;

/// <summary>What takes no memory: everything that is written, and everything that is read into a struct.</summary>
public sealed class AllocationTests
{
    private const int Times = 1_000;
    private static readonly DateTimeOffset At = new(2022, 3, 15, 12, 0, 0, 123, 456, TimeSpan.Zero);
    private static readonly Guid Id = Guid.Parse("8efec65f-75c1-40df-a97c-e723ab18ed4f");

    [Fact]
    public void Writing_allocates_nothing_and_reading_structs_neither()
    {
        var buffer = new byte[512];
        var size = Write(buffer);
        Read(buffer.AsSpan(0, size));

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Times; i++)
        {
            Write(buffer);
            Read(buffer.AsSpan(0, size));
        }
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static int Write(Span<byte> buffer)
    {
        var writer = new AvroWriter(buffer);
        writer.WriteBoolean(true);
        writer.WriteInt(int.MinValue);
        writer.WriteLong(long.MaxValue);
        writer.WriteFloat(1.5f);
        writer.WriteDouble(-2.5);
        writer.WriteBytes([1, 2, 3]);
        writer.WriteString("ASCII");
        writer.WriteString("Größe \u2713");
        writer.WriteUuidString(Id);
        writer.WriteUuidFixed(Id);
        writer.WriteDate(new DateOnly(2022, 3, 15));
        writer.WriteTimeMicros(new TimeOnly(23, 59, 59, 999));
        writer.WriteTimestampMillis(At);
        writer.WriteTimestampMicros(At);
        writer.WriteDuration(new AvroDuration(1, 2, 3));
        writer.WriteDecimal(-1234.56m, precision: 20, scale: 4);
        writer.WriteFixedDecimal(1234.56m, precision: 20, scale: 4, sizeBytes: 12);
        writer.IsOverflown.ShouldBeFalse();
        return writer.Written;
    }

    private static void Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new AvroReader(bytes);
        var isSame = reader.ReadBoolean() && reader.ReadInt() == int.MinValue && reader.ReadLong() == long.MaxValue && reader.ReadFloat() == 1.5f && reader.ReadDouble() == -2.5
            && reader.ReadBytes().Length == 3 && reader.ReadBytes().Length == 5 && reader.ReadBytes().Length == 11 && reader.ReadUuidString() == Id && reader.ReadUuidFixed() == Id
            && reader.ReadDate() == new DateOnly(2022, 3, 15) && reader.ReadTimeMicros() == new TimeOnly(23, 59, 59, 999)
            && reader.ReadTimestampMillis() == At.AddMicroseconds(-456) && reader.ReadTimestampMicros() == At && reader.ReadDuration() == new AvroDuration(1, 2, 3)
            && reader.ReadDecimal(scale: 4) == -1234.56m && reader.ReadFixedDecimal(scale: 4, sizeBytes: 12) == 1234.56m;
        reader.ReadEnd();
        if (!isSame)
            throw new InvalidOperationException("Something was read otherwise than it was written.");
    }
}
