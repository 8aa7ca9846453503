using Npgsql;
using NpgsqlTypes;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Sql.Database;
using Streaming.Sinks.Sql.Tables;

namespace Streaming.Sinks.Sql.Projecting;

/// <summary>The statements for a table of current state.</summary>
internal sealed class TableStatements<TRow>
    where TRow : class
{
    /// <summary>What each row has behind its own columns: of the event that was last.</summary>
    public const string Lineage = "version, recorded_at, record_offset, epoch, topic, partition";

    private const short LineageCount = 6;
    private readonly SqlTable<TRow> _table;
    private readonly string _schema;
    private readonly string _select;
    private readonly string _insert;
    private readonly string _update;
    private readonly string _columns;

    public TableStatements(SqlTable<TRow> table, string schema)
    {
        (_table, _schema, Name) = (table, schema, $"{schema}.{table.Name}");
        _columns = string.Concat(table.Columns.Select(column => column.Name + ", "));
        var own = table.Columns.Count + 1;
        _select = $"SELECT {table.Key}, {_columns}version, record_offset FROM {Name} WHERE {table.Key} = ANY($1)";
        Copy = $"COPY {Name} ({table.Key}, {_columns}{Lineage}) FROM STDIN (FORMAT BINARY)";
        Updates = string.Join(", ", table.Columns.Select(column => column.Name).Concat(Lineage.Split(", ")).Select(column => $"{column} = excluded.{column}"));
        var values = $"unnest({string.Join(", ", Enumerable.Range(1, own + 3).Select(number => $"${number}"))}) AS n";
        _insert = $"INSERT INTO {Name} ({table.Key}, {_columns}{Lineage}) SELECT n.*, ${own + 4}, ${own + 5}, ${own + 6} FROM {values}";
        _update = $"""
            UPDATE {Name} AS t SET {string.Concat(table.Columns.Select(column => $"{column.Name} = n.{column.Name}, "))}
                version = n.version, recorded_at = n.recorded_at, record_offset = n.record_offset, epoch = ${own + 4}, topic = ${own + 5}, partition = ${own + 6}
            FROM {values} ({table.Key}, {_columns}version, recorded_at, record_offset)
            WHERE t.{table.Key} = n.{table.Key} AND (t.epoch, t.version) < (${own + 4}, n.version)
            """;
    }

    /// <summary>With the schema.</summary>
    public string Name { get; }

    public string Copy { get; }

    /// <summary>What an upsert of a whole row sets.</summary>
    public string Updates { get; }

    /// <summary>Makes the table where no migration has.</summary>
    public string Create => $"""
        CREATE TABLE {Name} (
            {_table.Key} text COLLATE "C" PRIMARY KEY,
            {string.Concat(_table.Columns.Select(column => $"{column.Name} {column.Type}, "))}
            version bigint NOT NULL, recorded_at timestamptz NOT NULL, record_offset bigint NOT NULL,
            epoch integer NOT NULL, topic text NOT NULL, partition integer NOT NULL
        ) WITH (fillfactor = 70)
        """;

    public NpgsqlBatchCommand SelectBefore(string[] keys) => new(_select) { Parameters = { SqlParameters.Texts(keys) } };

    public async Task ReadAsync(NpgsqlDataReader reader, Dictionary<string, Standing<TRow>> standing, CancellationToken cancellationToken)
    {
        var row = new RowReader(reader);
        var behind = _table.Columns.Count + 1;
        while (await reader.ReadAsync(cancellationToken))
        {
            var read = _table.Read(row.Begin());
            standing.Add(row.Key, new(row.Key) { Row = read, IsInTable = true, Version = reader.GetInt64(behind), Offset = reader.GetInt64(behind + 1) });
        }
    }

    /// <summary>Rows that were not there. One that is fails the batch.</summary>
    public NpgsqlBatchCommand Insert(IReadOnlyList<Standing<TRow>> added, RowOrigin origin) => Write(_insert, added, origin);

    /// <summary>Rows of a lower epoch, or of the same epoch and a lower version, are replaced; nothing else is.</summary>
    public NpgsqlBatchCommand Update(IReadOnlyList<Standing<TRow>> changed, RowOrigin origin) => Write(_update, changed, origin);

    /// <summary>A row for <see cref="Copy"/>.</summary>
    public void Append(CopyBuffer rows, Standing<TRow> added, string topic, int partition, int epoch)
    {
        rows.Row((short)(_table.Columns.Count + 1 + LineageCount));
        rows.Text(added.Key);
        foreach (var column in _table.Columns)
            column.Append(rows, added.Row!);
        rows.Int64(added.Version);
        rows.Timestamp(added.RecordedAt);
        rows.Int64(added.Offset);
        rows.Int32(epoch);
        rows.Text(topic);
        rows.Int32(partition);
    }

    public NpgsqlBatchCommand Erase(string[] keys) =>
        new($"DELETE FROM {Name} WHERE {_table.Key} = ANY($1)") { Parameters = { SqlParameters.Texts(keys) } };

    /// <summary>Everything that came of a partition goes.</summary>
    public IEnumerable<NpgsqlBatchCommand> Empty(SourcePartition source) =>
    [
        new($"DELETE FROM {Name} WHERE topic = $1 AND partition = $2") { Parameters = { new() { Value = source.Topic }, new() { Value = source.Partition } } },
        AbsentRows.Empty(_schema, _table.Name, source),
    ];

    private NpgsqlBatchCommand Write(string sql, IReadOnlyList<Standing<TRow>> changed, RowOrigin origin)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.Add(SqlParameters.Column(changed, standing => standing.Key, NpgsqlDbType.Text));
        foreach (var column in _table.Columns)
            command.Parameters.Add(column.Array(changed, standing => standing.Row!));
        command.Parameters.Add(SqlParameters.Column(changed, standing => standing.Version, NpgsqlDbType.Bigint));
        command.Parameters.Add(SqlParameters.Column(changed, standing => standing.RecordedAt.UtcDateTime, NpgsqlDbType.TimestampTz));
        command.Parameters.Add(SqlParameters.Column(changed, standing => standing.Offset, NpgsqlDbType.Bigint));
        command.Parameters.Add(new NpgsqlParameter { Value = origin.Epoch });
        command.Parameters.Add(new NpgsqlParameter { Value = origin.Topic });
        command.Parameters.Add(new NpgsqlParameter { Value = origin.Partition });
        return command;
    }
}
