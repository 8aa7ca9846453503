namespace Streaming.Sinks.Sql.Tables;

/// <summary>A table of current state: one row per aggregate, found by its id.</summary>
/// <remarks>
/// Besides the declared columns each row has where it comes from: <c>version</c> (sequence of the last event in it), <c>recorded_at</c>,
/// <c>epoch</c>, <c>topic</c>, <c>partition</c>, <c>record_offset</c>. A table that a migration has made is used as it is; another is made from the declaration.
/// </remarks>
public sealed class SqlTable<TRow>
    where TRow : class
{
    internal SqlTable(string name, string key, IReadOnlyList<SqlColumn<TRow>> columns, Func<RowReader, TRow> read) =>
        (Name, Key, Columns, Read) = (SqlNames.Checked(name), SqlNames.Checked(key), columns, read);

    public string Name { get; }

    /// <summary>Name of the column that holds the aggregate's id.</summary>
    public string Key { get; }

    internal IReadOnlyList<SqlColumn<TRow>> Columns { get; }
    internal Func<RowReader, TRow> Read { get; }
}

/// <summary>Declares tables.</summary>
public static class SqlTable
{
    /// <summary>Begins a table: its columns follow one by one, and how a row is read ends it.</summary>
    /// <param name="key">The column that holds the aggregate's id.</param>
    public static TableColumns<TRow> Of<TRow>(string name, string key)
        where TRow : class => new(name, key);
}

/// <summary>A table that is being declared.</summary>
public sealed class TableColumns<TRow> : Columns<TRow, TableColumns<TRow>>
    where TRow : class
{
    private readonly string _name;
    private readonly string _key;

    internal TableColumns(string name, string key) => (_name, _key) = (name, key);

    /// <param name="read">Makes the record of a row: asks for the columns in the order in which they are declared.</param>
    public SqlTable<TRow> Read(Func<RowReader, TRow> read) => new(_name, _key, [.. Declared], read);
}
