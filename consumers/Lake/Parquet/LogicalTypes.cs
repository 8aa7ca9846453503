using Streaming.Lake.Parquet.Thrift;

namespace Streaming.Lake.Parquet;

/// <summary>What a column's values mean, in both forms that files have: <c>ConvertedType</c>, which is older, and <c>LogicalType</c>.</summary>
internal static class LogicalTypes
{
    private const int ConvertedField = 6;
    private const int LogicalField = 10;

    public static void Write(CompactWriter thrift, LogicalType logical)
    {
        if (Converted(logical) is { } converted)
            thrift.Int32(ConvertedField, converted);
        if (logical.Kind == LogicalKind.Decimal)
        {
            thrift.Int32(7, logical.Scale);
            thrift.Int32(8, logical.Precision);
        }
        if (logical.Kind == LogicalKind.None)
            return;
        thrift.BeginStruct(LogicalField);
        switch (logical.Kind)
        {
            case LogicalKind.Text: thrift.EmptyStruct(1); break;
            case LogicalKind.Map: thrift.EmptyStruct(2); break;
            case LogicalKind.List: thrift.EmptyStruct(3); break;
            case LogicalKind.Date: thrift.EmptyStruct(6); break;
            case LogicalKind.Decimal: WriteDecimal(thrift, logical); break;
            case LogicalKind.TimestampMicros: WriteTime(thrift, 8, logical.IsUtc, unit: 2); break;
            case LogicalKind.TimestampMillis: WriteTime(thrift, 8, logical.IsUtc, unit: 1); break;
            case LogicalKind.TimeMicros: WriteTime(thrift, 7, logical.IsUtc, unit: 2); break;
            case LogicalKind.TimeMillis: WriteTime(thrift, 7, logical.IsUtc, unit: 1); break;
            case LogicalKind.Integer: WriteInteger(thrift, logical); break;
            default: throw new ArgumentException($"Columns of {logical.Kind} are not written.", nameof(logical));
        }
        thrift.EndStruct();
    }

    /// <summary>What <c>ConvertedType</c> says.</summary>
    public static LogicalType FromConverted(int converted, int precision, int scale) => converted switch
    {
        0 or 4 or 19 => new(LogicalKind.Text),
        1 or 2 => new(LogicalKind.Map),
        3 => new(LogicalKind.List),
        5 => new(LogicalKind.Decimal, precision, scale),
        6 => new(LogicalKind.Date),
        7 => new(LogicalKind.TimeMillis),
        8 => new(LogicalKind.TimeMicros),
        9 => new(LogicalKind.TimestampMillis),
        10 => new(LogicalKind.TimestampMicros),
        >= 11 and <= 14 => new(LogicalKind.Integer, BitWidth: 8 << (converted - 11), IsSigned: false),
        >= 15 and <= 18 => new(LogicalKind.Integer, BitWidth: 8 << (converted - 15)),
        _ => new(LogicalKind.Other),
    };

    /// <summary>Reads a <c>LogicalType</c>, a union: one field, which is a struct.</summary>
    public static LogicalType Read(ref CompactReader reader)
    {
        var logical = new LogicalType(LogicalKind.Other);
        reader.Enter();
        for (var field = 0; reader.ReadField(ref field, out var type);)
        {
            if (type != CompactType.Struct)
            {
                reader.Skip(type);
                continue;
            }
            logical = ReadMember(ref reader, field);
        }
        reader.Leave();
        return logical;
    }

    private static LogicalType ReadMember(ref CompactReader reader, int member)
    {
        var (first, second, unit) = (0, 0, 0);
        reader.Enter();
        for (var field = 0; reader.ReadField(ref field, out var type);)
        {
            var value = type switch
            {
                CompactType.True or CompactType.False => reader.ReadBoolean() ? 1 : 0,
                CompactType.Int32 => reader.ReadInt(),
                CompactType.Byte => reader.ReadByte(),
                CompactType.Struct => ReadUnit(ref reader),
                _ => Skipped(ref reader, type),
            };
            if (field == 1)
                first = value;
            else if (type == CompactType.Struct)
                unit = value;
            else
                second = value;
        }
        reader.Leave();
        return member switch
        {
            1 or 4 or 12 => new(LogicalKind.Text),
            2 => new(LogicalKind.Map),
            3 => new(LogicalKind.List),
            5 => new(LogicalKind.Decimal, second, first),
            6 => new(LogicalKind.Date),
            7 => new(unit switch { 1 => LogicalKind.TimeMillis, 2 => LogicalKind.TimeMicros, _ => LogicalKind.TimeNanos }, IsUtc: first != 0),
            8 => new(unit switch { 1 => LogicalKind.TimestampMillis, 2 => LogicalKind.TimestampMicros, _ => LogicalKind.TimestampNanos }, IsUtc: first != 0),
            10 => new(LogicalKind.Integer, BitWidth: first, IsSigned: second != 0),
            _ => new(LogicalKind.Other),
        };
    }

    /// <summary>A <c>TimeUnit</c> is a union of structs without fields: which one is there says all.</summary>
    private static int ReadUnit(ref CompactReader reader)
    {
        var unit = 0;
        reader.Enter();
        for (var field = 0; reader.ReadField(ref field, out var type); unit = field)
            reader.Skip(type);
        reader.Leave();
        return unit;
    }

    private static int Skipped(ref CompactReader reader, CompactType type)
    {
        reader.Skip(type);
        return 0;
    }

    private static int? Converted(LogicalType logical) => logical.Kind switch
    {
        LogicalKind.Text => 0,
        LogicalKind.Map => 1,
        LogicalKind.List => 3,
        LogicalKind.Decimal => 5,
        LogicalKind.Date => 6,
        LogicalKind.TimeMillis when logical.IsUtc => 7,
        LogicalKind.TimeMicros when logical.IsUtc => 8,
        LogicalKind.TimestampMillis when logical.IsUtc => 9,
        LogicalKind.TimestampMicros when logical.IsUtc => 10,
        LogicalKind.Integer => (logical.IsSigned ? 15 : 11) + System.Numerics.BitOperations.Log2((uint)logical.BitWidth / 8),
        _ => null,
    };

    private static void WriteDecimal(CompactWriter thrift, LogicalType logical)
    {
        thrift.BeginStruct(5);
        thrift.Int32(1, logical.Scale);
        thrift.Int32(2, logical.Precision);
        thrift.EndStruct();
    }

    private static void WriteTime(CompactWriter thrift, int member, bool isUtc, int unit)
    {
        thrift.BeginStruct(member);
        thrift.Boolean(1, isUtc);
        thrift.BeginStruct(2);
        thrift.EmptyStruct(unit);
        thrift.EndStruct();
        thrift.EndStruct();
    }

    private static void WriteInteger(CompactWriter thrift, LogicalType logical)
    {
        thrift.BeginStruct(10);
        thrift.Byte(1, (byte)logical.BitWidth);
        thrift.Boolean(2, logical.IsSigned);
        thrift.EndStruct();
    }
}
