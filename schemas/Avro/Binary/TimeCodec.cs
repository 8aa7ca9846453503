using System.Runtime.CompilerServices;

namespace Streaming.Avro.Binary;

/// <summary>Dates and times as Avro's logical types encode them: counts of a unit since 1970-01-01 or midnight.</summary>
/// <remarks>.NET counts in 100 ns; what is finer than Avro's unit is cut off, towards the past. Avro's range is larger than .NET's years 1 to 9999:
/// what lies outside is refused when it is read. Timestamps in nanoseconds stay a long in generated code, because no .NET type holds them.</remarks>
public static class TimeCodec
{
    private const long TicksPerMilli = TimeSpan.TicksPerMillisecond;
    private const long TicksPerMicro = TimeSpan.TicksPerMicrosecond;
    private static readonly long _epochTicks = DateTime.UnixEpoch.Ticks;
    private static readonly int _epochDay = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    extension(ref AvroWriter writer)
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void WriteDate(DateOnly value) => writer.WriteInt(value.DayNumber - _epochDay);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void WriteTimeMillis(TimeOnly value) => writer.WriteInt((int)(value.Ticks / TicksPerMilli));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void WriteTimeMicros(TimeOnly value) => writer.WriteLong(value.Ticks / TicksPerMicro);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void WriteTimestampMillis(DateTimeOffset value) => writer.WriteLong(SinceEpoch(value.UtcTicks, TicksPerMilli));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void WriteTimestampMicros(DateTimeOffset value) => writer.WriteLong(SinceEpoch(value.UtcTicks, TicksPerMicro));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void WriteLocalTimestampMillis(DateTime value) => writer.WriteLong(SinceEpoch(value.Ticks, TicksPerMilli));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void WriteLocalTimestampMicros(DateTime value) => writer.WriteLong(SinceEpoch(value.Ticks, TicksPerMicro));
    }

    extension(ref AvroReader reader)
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public DateOnly ReadDate()
        {
            var start = reader.Position;
            return Day(reader.ReadInt(), start);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TimeOnly ReadTimeMillis()
        {
            var start = reader.Position;
            return TimeOfDay(reader.ReadInt(), TicksPerMilli, start);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TimeOnly ReadTimeMicros()
        {
            var start = reader.Position;
            return TimeOfDay(reader.ReadLong(), TicksPerMicro, start);
        }

        /// <summary>A time in UTC.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public DateTimeOffset ReadTimestampMillis()
        {
            var start = reader.Position;
            return new DateTimeOffset(Ticks(reader.ReadLong(), TicksPerMilli, start), TimeSpan.Zero);
        }

        /// <summary>A time in UTC.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public DateTimeOffset ReadTimestampMicros()
        {
            var start = reader.Position;
            return new DateTimeOffset(Ticks(reader.ReadLong(), TicksPerMicro, start), TimeSpan.Zero);
        }

        /// <summary>A time of unspecified kind.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public DateTime ReadLocalTimestampMillis()
        {
            var start = reader.Position;
            return new DateTime(Ticks(reader.ReadLong(), TicksPerMilli, start), DateTimeKind.Unspecified);
        }

        /// <summary>A time of unspecified kind.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public DateTime ReadLocalTimestampMicros()
        {
            var start = reader.Position;
            return new DateTime(Ticks(reader.ReadLong(), TicksPerMicro, start), DateTimeKind.Unspecified);
        }
    }

    // Both are divided, not their difference: ticks are never negative, so that division cuts towards the past before 1970 too.
    private static long SinceEpoch(long ticks, long ticksPerUnit) => ticks / ticksPerUnit - _epochTicks / ticksPerUnit;

    private static DateOnly Day(long sinceEpoch, int start)
    {
        var day = sinceEpoch + _epochDay;
        return day >= 0 && day <= DateOnly.MaxValue.DayNumber ? DateOnly.FromDayNumber((int)day) : throw OutOfRange(start, "date");
    }

    private static long Ticks(long sinceEpoch, long ticksPerUnit, int start)
    {
        var sinceYearOne = sinceEpoch + _epochTicks / ticksPerUnit;
        return sinceYearOne >= 0 && sinceYearOne <= DateTime.MaxValue.Ticks / ticksPerUnit ? sinceYearOne * ticksPerUnit : throw OutOfRange(start, "timestamp");
    }

    private static TimeOnly TimeOfDay(long sinceMidnight, long ticksPerUnit, int start) =>
        sinceMidnight >= 0 && sinceMidnight < TimeSpan.TicksPerDay / ticksPerUnit
            ? new TimeOnly(sinceMidnight * ticksPerUnit)
            : throw AvroReader.Malformed(start, "a time of day outside of the day");

    private static MalformedAvroException OutOfRange(int start, string what) =>
        AvroReader.Malformed(start, $"a {what} outside of the years 1 to 9999 (the type's attribute \"csharpRaw\": true keeps the number as it is)");
}
