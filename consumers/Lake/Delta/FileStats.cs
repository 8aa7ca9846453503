using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using Streaming.Lake.Parquet;
using Streaming.Lake.Parquet.Writing;

namespace Streaming.Lake.Delta;

/// <summary>What the log says of a file's rows: how many there are, and between which bounds (Delta protocol, "Per-file Statistics").</summary>
/// <remarks>Numbers, dates and times only. Texts are left out: they would stay in the log when the rows that they were taken from are erased.</remarks>
internal static class FileStats
{
    private const long MicrosPerMilli = 1_000;

    public static string Write(WrittenFile file)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("numRecords", file.RowCount);
            var columns = file.Columns.Where(column => column.Column.Path.Count == 1).ToList();
            WriteBounds(json, "minValues", columns, column => column.Min, roundUp: false);
            WriteBounds(json, "maxValues", columns, column => column.Max, roundUp: true);
            json.WriteStartObject("nullCount");
            foreach (var column in columns)
                json.WriteNumber(column.Column.Name, column.NullCount);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }

    /// <summary>The bounds of a column of whole numbers; null where the log does not say.</summary>
    public static (long Min, long Max)? Bounds(AddFile file, string column)
    {
        if (file.Stats is null)
            return null;
        try
        {
            using var stats = JsonDocument.Parse(file.Stats);
            return stats.RootElement.TryGetProperty("minValues", out var low) && stats.RootElement.TryGetProperty("maxValues", out var high)
                && low.TryGetProperty(column, out var min) && high.TryGetProperty(column, out var max)
                && min.TryGetInt64(out var from) && max.TryGetInt64(out var to) ? (from, to) : null;
        }
        catch (Exception cause) when (cause is JsonException or InvalidOperationException)
        {
            return null;    // Others may write what they like here: then the file itself is looked at.
        }
    }

    /// <summary>How many rows the file has; null where the log does not say.</summary>
    public static long? RowCount(AddFile file)
    {
        if (file.Stats is null)
            return null;
        using var stats = JsonDocument.Parse(file.Stats);
        return stats.RootElement.TryGetProperty("numRecords", out var count) && count.TryGetInt64(out var rows) ? rows : null;
    }

    private static void WriteBounds(Utf8JsonWriter json, string name, List<ColumnStatistics> columns, Func<ColumnStatistics, byte[]?> bound, bool roundUp)
    {
        json.WriteStartObject(name);
        foreach (var column in columns)
        {
            if (bound(column) is { } value)
                WriteBound(json, column.Column, value, roundUp);
        }
        json.WriteEndObject();
    }

    private static void WriteBound(Utf8JsonWriter json, ParquetColumn column, byte[] value, bool roundUp)
    {
        switch (column.Physical, column.Field.Logical.Kind)
        {
            case (PhysicalType.Int32, LogicalKind.None):
                json.WriteNumber(column.Name, BinaryPrimitives.ReadInt32LittleEndian(value));
                break;
            case (PhysicalType.Int64, LogicalKind.None):
                json.WriteNumber(column.Name, BinaryPrimitives.ReadInt64LittleEndian(value));
                break;
            case (PhysicalType.Int32, LogicalKind.Date):
                json.WriteString(column.Name, DateOnly.FromDayNumber(DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber + BinaryPrimitives.ReadInt32LittleEndian(value)).ToString("O", CultureInfo.InvariantCulture));
                break;
            case (PhysicalType.Int64, LogicalKind.TimestampMicros):
                WriteTime(json, column.Name, BinaryPrimitives.ReadInt64LittleEndian(value), roundUp);
                break;
        }
    }

    /// <summary>The protocol has milliseconds here: bounds are rounded away from the rows.</summary>
    private static void WriteTime(Utf8JsonWriter json, string name, long micros, bool roundUp)
    {
        var millis = Math.DivRem(micros, MicrosPerMilli, out var rest);
        millis += rest > 0 && roundUp ? 1 : rest < 0 && !roundUp ? -1 : 0;
        // Beyond the years that can be written there are no bounds.
        if (millis >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds() && millis <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
            json.WriteString(name, DateTimeOffset.FromUnixTimeMilliseconds(millis).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
    }
}
