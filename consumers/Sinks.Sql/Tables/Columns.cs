using NpgsqlTypes;
using Streaming.Sinks.Sql.Database;

namespace Streaming.Sinks.Sql.Tables;

/// <summary>Collects the columns of a table: a name, a type, and where the value comes from, each in one line.</summary>
/// <typeparam name="TRow">The record that a row is made of.</typeparam>
/// <typeparam name="TSelf">What is being declared.</typeparam>
public abstract class Columns<TRow, TSelf>
    where TSelf : Columns<TRow, TSelf>
{
    private readonly List<SqlColumn<TRow>> _columns = [];

    private protected Columns()
    {
    }

    /// <summary>A text that is always there. U+0000 in it is refused: PostgreSQL cannot store it.</summary>
    public TSelf Text(string name, Func<TRow, string> get) => Add<string?>(name, "text NOT NULL", NpgsqlDbType.Text, get, (buffer, value) => buffer.Text(value));

    public TSelf TextOrNull(string name, Func<TRow, string?> get) => Add(name, "text", NpgsqlDbType.Text, get, (buffer, value) => buffer.Text(value));

    public TSelf Int32(string name, Func<TRow, int> get) => Add(name, "integer NOT NULL", NpgsqlDbType.Integer, get, (buffer, value) => buffer.Int32(value));

    public TSelf Int32OrNull(string name, Func<TRow, int?> get) => Add(name, "integer", NpgsqlDbType.Integer, get, (buffer, value) => buffer.Int32(value));

    public TSelf Int64(string name, Func<TRow, long> get) => Add(name, "bigint NOT NULL", NpgsqlDbType.Bigint, get, (buffer, value) => buffer.Int64(value));

    public TSelf Int64OrNull(string name, Func<TRow, long?> get) => Add(name, "bigint", NpgsqlDbType.Bigint, get, (buffer, value) => buffer.Int64(value));

    public TSelf Boolean(string name, Func<TRow, bool> get) => Add(name, "boolean NOT NULL", NpgsqlDbType.Boolean, get, (buffer, value) => buffer.Boolean(value));

    /// <summary>Money and the like, exact: as many digits behind the point as <paramref name="type"/> says.</summary>
    public TSelf Numeric(string name, Func<TRow, decimal> get, string type = "numeric(28,4)") =>
        Add(name, $"{type} NOT NULL", NpgsqlDbType.Numeric, get, (buffer, value) => buffer.Numeric(value));

    public TSelf NumericOrNull(string name, Func<TRow, decimal?> get, string type = "numeric(28,4)") =>
        Add(name, type, NpgsqlDbType.Numeric, get, (buffer, value) => buffer.Numeric(value));

    /// <summary>A moment, in UTC, to the microsecond.</summary>
    public TSelf Timestamp(string name, Func<TRow, DateTimeOffset> get) => Add(
        name, "timestamp with time zone NOT NULL", NpgsqlDbType.TimestampTz, row => get(row).UtcDateTime, (buffer, value) => buffer.Timestamp(value));

    public TSelf TimestampOrNull(string name, Func<TRow, DateTimeOffset?> get) => Add(
        name, "timestamp with time zone", NpgsqlDbType.TimestampTz, row => get(row)?.UtcDateTime, (buffer, value) => buffer.Timestamp(value));

    /// <summary>JSON, given as its text; read back as the text that PostgreSQL makes of it.</summary>
    public TSelf Jsonb(string name, Func<TRow, string> get) => Add(name, "jsonb NOT NULL", NpgsqlDbType.Jsonb, get, (buffer, value) => buffer.Jsonb(value));

    private protected IReadOnlyList<SqlColumn<TRow>> Declared => _columns;

    private TSelf Add<TValue>(string name, string type, NpgsqlDbType parameterType, Func<TRow, TValue> get, Action<CopyBuffer, TValue> append)
    {
        _columns.Add(new SqlColumn<TRow, TValue>(SqlNames.Checked(name), type, parameterType, get, append));
        return (TSelf)this;
    }
}
