namespace Streaming.Lake.Parquet;

/// <summary>How values lie in a file. Numbers are the format's own (parquet-format, <c>parquet.thrift</c>).</summary>
internal enum PhysicalType
{
    Boolean = 0,
    Int32 = 1,
    Int64 = 2,
    Int96 = 3,
    Float = 4,
    Double = 5,
    ByteArray = 6,
    FixedLengthByteArray = 7,
}

/// <summary>What values mean. Integers of other widths and signs than their physical type's are told apart by <see cref="LogicalType.BitWidth"/>.</summary>
internal enum LogicalKind
{
    None,
    Text,
    Date,
    TimestampMillis,
    TimestampMicros,
    TimestampNanos,
    TimeMillis,
    TimeMicros,
    TimeNanos,
    Decimal,
    Integer,
    List,
    Map,
    Other,
}

/// <param name="IsUtc">Of timestamps: a moment, not a wall clock's reading.</param>
internal readonly record struct LogicalType(LogicalKind Kind, int Precision = 0, int Scale = 0, int BitWidth = 0, bool IsSigned = true, bool IsUtc = true);

internal enum Repetition
{
    Required = 0,
    Optional = 1,
    Repeated = 2,
}

internal enum Encoding
{
    Plain = 0,
    PlainDictionary = 2,
    Rle = 3,
    BitPacked = 4,
    DeltaBinaryPacked = 5,
    DeltaLengthByteArray = 6,
    DeltaByteArray = 7,
    RleDictionary = 8,
    ByteStreamSplit = 9,
}

internal enum Compression
{
    None = 0,
    Snappy = 1,
    Gzip = 2,
    Lzo = 3,
    Brotli = 4,
    Lz4 = 5,
    Zstd = 6,
    Lz4Raw = 7,
}

internal enum PageType
{
    Data = 0,
    Index = 1,
    Dictionary = 2,
    DataV2 = 3,
}
