using Npgsql;
using NpgsqlTypes;
using Streaming.Sinks.Sql.Database;

namespace Streaming.Sinks.Sql.Tables;

/// <summary>A column of a declared table, and where its values come from.</summary>
/// <typeparam name="TRow">The record that a row is made of.</typeparam>
public abstract class SqlColumn<TRow>
{
    private protected SqlColumn(string name, string type) => (Name, Type) = (name, type);

    public string Name { get; }

    /// <summary>As PostgreSQL writes it in a table's definition, such as <c>numeric(28,4) NOT NULL</c>.</summary>
    public string Type { get; }

    /// <exception cref="UnstorableTextException">The value is a text with U+0000.</exception>
    internal abstract void Append(CopyBuffer buffer, TRow row);

    /// <summary>The values of many rows, as one parameter for <c>unnest</c>.</summary>
    internal abstract NpgsqlParameter Array<TItem>(IReadOnlyList<TItem> items, Func<TItem, TRow> rowOf);
}

internal sealed class SqlColumn<TRow, TValue>(
    string name, string type, NpgsqlDbType parameterType, Func<TRow, TValue> get, Action<CopyBuffer, TValue> append) : SqlColumn<TRow>(name, type)
{
    internal override void Append(CopyBuffer buffer, TRow row) => append(buffer, get(row));

    internal override NpgsqlParameter Array<TItem>(IReadOnlyList<TItem> items, Func<TItem, TRow> rowOf)
    {
        var values = new TValue[items.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = get(rowOf(items[i]));
        return new NpgsqlParameter { Value = values, NpgsqlDbType = NpgsqlDbType.Array | parameterType };
    }
}
