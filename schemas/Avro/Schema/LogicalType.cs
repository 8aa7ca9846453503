namespace Streaming.Avro.Schema;

/// <summary>The logical types of the specification.</summary>
public enum LogicalTypeKind
{
    /// <summary>An unscaled two's-complement big-endian integer in bytes or fixed.</summary>
    Decimal,

    /// <summary>A string in the form of RFC 4122, or 16 bytes in network order.</summary>
    Uuid,

    /// <summary>Days since 1970-01-01, an int.</summary>
    Date,

    /// <summary>Milliseconds after midnight, an int.</summary>
    TimeMillis,

    /// <summary>Microseconds after midnight, a long.</summary>
    TimeMicros,

    /// <summary>Milliseconds since 1970-01-01T00:00Z, a long; so are the next two in their unit.</summary>
    TimestampMillis,
    TimestampMicros,
    TimestampNanos,

    /// <summary>As timestamps, of a wall clock in no particular zone.</summary>
    LocalTimestampMillis,
    LocalTimestampMicros,
    LocalTimestampNanos,

    /// <summary>Months, days and milliseconds, three unsigned little-endian integers in 12 bytes.</summary>
    Duration,
}

/// <summary>What a value means beyond its type. Precision and scale are those of a decimal, and 0 otherwise.</summary>
public sealed record LogicalType(LogicalTypeKind Kind, int Precision = 0, int Scale = 0)
{
    /// <summary>The logical type that the attributes name for that type; null when it is unknown or doesn't fit: the specification has readers ignore it.</summary>
    internal static LogicalType? Find(AvroType type, int fixedSize, IReadOnlyDictionary<string, JsonValue> attributes)
    {
        if (!attributes.TryGetValue("logicalType", out var named) || named is not JsonString name)
            return null;
        return (name.Value, type) switch
        {
            ("decimal", AvroType.Bytes) => Decimal(attributes, precisionMax: int.MaxValue),
            ("decimal", AvroType.Fixed) => Decimal(attributes, DigitsIn(fixedSize)),
            ("uuid", AvroType.String) => new(LogicalTypeKind.Uuid),
            ("uuid", AvroType.Fixed) when fixedSize == 16 => new(LogicalTypeKind.Uuid),
            ("date", AvroType.Int) => new(LogicalTypeKind.Date),
            ("time-millis", AvroType.Int) => new(LogicalTypeKind.TimeMillis),
            ("time-micros", AvroType.Long) => new(LogicalTypeKind.TimeMicros),
            ("timestamp-millis", AvroType.Long) => new(LogicalTypeKind.TimestampMillis),
            ("timestamp-micros", AvroType.Long) => new(LogicalTypeKind.TimestampMicros),
            ("timestamp-nanos", AvroType.Long) => new(LogicalTypeKind.TimestampNanos),
            ("local-timestamp-millis", AvroType.Long) => new(LogicalTypeKind.LocalTimestampMillis),
            ("local-timestamp-micros", AvroType.Long) => new(LogicalTypeKind.LocalTimestampMicros),
            ("local-timestamp-nanos", AvroType.Long) => new(LogicalTypeKind.LocalTimestampNanos),
            ("duration", AvroType.Fixed) when fixedSize == 12 => new(LogicalTypeKind.Duration),
            _ => null,
        };
    }

    private static LogicalType? Decimal(IReadOnlyDictionary<string, JsonValue> attributes, int precisionMax)
    {
        var scale = 0;
        return TryReadInt(attributes, "precision", out var precision) && precision > 0 && precision <= precisionMax
            && (!attributes.ContainsKey("scale") || TryReadInt(attributes, "scale", out scale)) && scale >= 0 && scale <= precision
            ? new(LogicalTypeKind.Decimal, precision, scale)
            : null;
    }

    /// <summary>How many decimal digits always fit into that many bytes, the sign aside.</summary>
    private static int DigitsIn(int sizeBytes) => sizeBytes == 0 ? 0 : (int)Math.Min(int.MaxValue, Math.Floor(Math.Log10(2) * (8.0 * sizeBytes - 1)));

    private static bool TryReadInt(IReadOnlyDictionary<string, JsonValue> attributes, string name, out int value)
    {
        value = 0;
        return attributes.TryGetValue(name, out var found) && found is JsonNumber number && JsonNumbers.TryReadInt(number, out value);
    }
}
