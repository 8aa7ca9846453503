using Npgsql;

namespace Streaming.Sinks.Sql.Tables;

/// <summary>A row of a declared table: its key, and its columns one after another in the order in which they are declared.</summary>
public sealed class RowReader
{
    private readonly NpgsqlDataReader _reader;
    private int _next;

    internal RowReader(NpgsqlDataReader reader) => _reader = reader;

    /// <summary>The aggregate's id.</summary>
    public string Key { get; private set; } = "";

    public string Text() => _reader.GetString(_next++);
    public string? TextOrNull() => _reader.IsDBNull(_next++) ? null : _reader.GetString(_next - 1);
    public int Int32() => _reader.GetInt32(_next++);
    public int? Int32OrNull() => _reader.IsDBNull(_next++) ? null : _reader.GetInt32(_next - 1);
    public long Int64() => _reader.GetInt64(_next++);
    public long? Int64OrNull() => _reader.IsDBNull(_next++) ? null : _reader.GetInt64(_next - 1);
    public bool Boolean() => _reader.GetBoolean(_next++);
    public decimal Numeric() => _reader.GetDecimal(_next++);
    public decimal? NumericOrNull() => _reader.IsDBNull(_next++) ? null : _reader.GetDecimal(_next - 1);
    public DateTimeOffset Timestamp() => _reader.GetFieldValue<DateTimeOffset>(_next++);
    public DateTimeOffset? TimestampOrNull() => _reader.IsDBNull(_next++) ? null : _reader.GetFieldValue<DateTimeOffset>(_next - 1);

    /// <summary>A row begins: its key stands before its columns.</summary>
    internal RowReader Begin()
    {
        Key = _reader.GetString(0);
        _next = 1;
        return this;
    }
}
