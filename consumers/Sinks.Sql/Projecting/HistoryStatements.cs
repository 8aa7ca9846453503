using Npgsql;
using NpgsqlTypes;
using Streaming.Sinks.Events;
using Streaming.Sinks.Sql.Database;
using Streaming.Sinks.Sql.Tables;

namespace Streaming.Sinks.Sql.Projecting;

/// <summary>The statements for a table's history.</summary>
internal sealed class HistoryStatements<TRow>
    where TRow : class
{
    private const string Place = "sequence, event_type, occurred_at, recorded_at, topic, partition, record_offset, content_hash";
    private const short PlaceCount = 8;

    private readonly SqlTable<TRow> _table;
    private readonly SqlHistory<TRow> _history;
    private readonly string _schema;
    private readonly short _columnCount;

    public HistoryStatements(SqlTable<TRow> table, SqlHistory<TRow> history, string schema)
    {
        (_table, _history, _schema, Name) = (table, history, schema, $"{schema}.{history.Name}");
        _columnCount = (short)(1 + history.Columns.Count + PlaceCount);
        Copy = $"COPY {Name} ({table.Key}, {string.Concat(history.Columns.Select(column => column.Name + ", "))}{Place}) FROM STDIN (FORMAT BINARY)";
    }

    /// <summary>With the schema.</summary>
    public string Name { get; }

    public string Copy { get; }

    public IEnumerable<(string Name, string Type)> DeclaredColumns => _history.Columns;

    /// <summary>Makes the table where no migration has, and a view that shows from when to when each of its rows held.</summary>
    public string Create => $"""
        CREATE TABLE {Name} (
            {_table.Key} text COLLATE "C" NOT NULL,
            {string.Concat(_history.Columns.Select(column => $"{column.Name} {column.Type}, "))}
            sequence bigint NOT NULL, event_type text NOT NULL, occurred_at timestamptz NOT NULL, recorded_at timestamptz NOT NULL,
            topic text NOT NULL, partition integer NOT NULL, record_offset bigint NOT NULL, content_hash bigint NOT NULL,
            PRIMARY KEY ({_table.Key}, sequence)
        );
        CREATE VIEW {_schema}.{_table.Name}_history AS
        SELECT {_table.Key}, {string.Concat(_history.Columns.Select(column => column.Name + ", "))}sequence, event_type, occurred_at,
               recorded_at AS recorded_from, lead(recorded_at) OVER later AS recorded_to,
               sequence AS valid_from_sequence, lead(sequence) OVER later AS valid_to_sequence,
               record_offset AS valid_from_offset, lead(record_offset) OVER later AS valid_to_offset,
               topic || '-' || partition || '@' || record_offset AS position
        FROM {Name}
        WINDOW later AS (PARTITION BY {_table.Key} ORDER BY sequence)
        """;

    /// <summary>A row for <see cref="Copy"/>.</summary>
    public void Append(CopyBuffer rows, in Change<TRow> change, DateTimeOffset occurredAt)
    {
        var recorded = change.Recorded;
        rows.Row(_columnCount);
        rows.Text(recorded.AggregateId);
        _history.Append(rows, change);
        rows.Int64(recorded.Sequence);
        rows.Text(recorded.WriterSchema.FullName);
        rows.Timestamp(occurredAt);
        rows.Timestamp(recorded.RecordedAt);
        rows.Text(recorded.Topic);
        rows.Int32(recorded.Partition);
        rows.Int64(recorded.Offset);
        rows.Int64(recorded.ContentHash);
    }

    /// <summary>Compares events whose sequence was applied before with what was applied then.</summary>
    /// <exception cref="PoisonEventException">One says something else; the first of them is named.</exception>
    public async Task CheckRepeatsAsync(
        NpgsqlConnection connection, IReadOnlyList<RecordedEvent> repeated, IReadOnlyList<RecordedEvent> added, CancellationToken cancellationToken)
    {
        if (repeated.Count == 0)
            return;
        var applied = await HashesAsync(connection, repeated, cancellationToken);
        foreach (var recorded in added)
            applied[(recorded.AggregateId, recorded.Sequence)] = recorded.ContentHash;
        foreach (var recorded in repeated)
        {
            if (!applied.TryGetValue((recorded.AggregateId, recorded.Sequence), out var hash) || hash != recorded.ContentHash)
                throw SequenceRule.Conflict(recorded);
        }
    }

    public NpgsqlBatchCommand Erase(string[] keys) =>
        new($"DELETE FROM {Name} WHERE {_table.Key} = ANY($1)") { Parameters = { SqlParameters.Texts(keys) } };

    /// <summary>Removes the audit log's rows of aggregates, found by the positions that their history has.</summary>
    public NpgsqlBatchCommand EraseAudit(string[] keys) => new($"""
        DELETE FROM {_schema}.audit_log a USING {Name} h
        WHERE h.{_table.Key} = ANY($1) AND a.topic = h.topic AND a.partition = h.partition AND a.record_offset = h.record_offset
        """) { Parameters = { SqlParameters.Texts(keys) } };

    /// <summary>History from an offset on goes, and each row stands again as the newest history that is left says.</summary>
    public IEnumerable<NpgsqlBatchCommand> Rewind(Rewinding rewinding)
    {
        var (table, key, rewound) = ($"{_schema}.{_table.Name}", _table.Key, $"rewound_{_table.Name}");
        var columns = string.Concat(_table.Columns.Select(column => column.Name + ", "));
        var restored = string.Concat(_table.Columns.Select(column => _history.Restored(column.Name).Replace("{history}", Name, StringComparison.Ordinal) + ", "));
        var last = $"LATERAL (SELECT * FROM {Name} o WHERE o.{key} = r.key ORDER BY o.sequence DESC LIMIT 1) h";
        var isPresent = _history.Absent is { } absent ? $"NOT {absent}" : "true";
        var updates = new TableStatements<TRow>(_table, _schema).Updates;

        yield return new($"CREATE TEMPORARY TABLE {rewound} (key text COLLATE \"C\" PRIMARY KEY) ON COMMIT DROP");
        yield return Positioned($"""
            INSERT INTO {rewound}
            SELECT {key} FROM {table} WHERE topic = $1 AND partition = $2 AND record_offset >= $3
            UNION SELECT key FROM {_schema}.absent_rows WHERE table_name = '{_table.Name}' AND topic = $1 AND partition = $2 AND record_offset >= $3
            {(rewinding.IsAudited ? $"UNION SELECT aggregate_id FROM {_schema}.audit_log WHERE topic = $1 AND partition = $2 AND record_offset >= $3" : "")}
            """, rewinding);
        yield return new($"ANALYZE {rewound}");
        yield return new($"DELETE FROM {Name} h USING {rewound} r WHERE h.{key} = r.key AND h.record_offset >= $1") { Parameters = { new() { Value = rewinding.FromOffset } } };
        yield return new($"DELETE FROM {_schema}.absent_rows a USING {rewound} r WHERE a.table_name = '{_table.Name}' AND a.key = r.key");
        yield return new($"DELETE FROM {table} t USING {rewound} r WHERE t.{key} = r.key AND NOT EXISTS (SELECT FROM {last} WHERE {isPresent})");
        yield return new($"""
            INSERT INTO {table} ({key}, {columns}{TableStatements<TRow>.Lineage})
            SELECT r.key, {restored}h.sequence, h.recorded_at, h.record_offset, $1, h.topic, h.partition
            FROM {rewound} r CROSS JOIN {last} LEFT JOIN {table} t ON t.{key} = r.key
            WHERE {isPresent}
            ON CONFLICT ({key}) DO UPDATE SET {updates}
            """) { Parameters = { new() { Value = rewinding.Epoch } } };
        if (_history.Absent is not null)
        {
            yield return new($"""
                INSERT INTO {_schema}.absent_rows (key, version, record_offset, table_name, topic, partition, epoch)
                SELECT r.key, h.sequence, h.record_offset, '{_table.Name}', h.topic, h.partition, $1 FROM {rewound} r CROSS JOIN {last} WHERE {_history.Absent}
                """) { Parameters = { new() { Value = rewinding.Epoch } } };
        }

        yield return new($"DROP TABLE {rewound}");   // Several partitions may be taken back in one transaction.
    }

    private static NpgsqlBatchCommand Positioned(string sql, Rewinding rewinding) => new(sql)
    {
        Parameters =
        {
            new() { Value = rewinding.Source.Topic }, new() { Value = rewinding.Source.Partition }, new() { Value = rewinding.FromOffset },
        },
    };

    private async Task<Dictionary<(string Key, long Sequence), long>> HashesAsync(
        NpgsqlConnection connection, IReadOnlyList<RecordedEvent> repeated, CancellationToken cancellationToken)
    {
        await using var select = new NpgsqlCommand($"""
            SELECT h.{_table.Key}, h.sequence, h.content_hash
            FROM unnest($1, $2) AS r (key, sequence) JOIN {Name} h ON h.{_table.Key} = r.key AND h.sequence = r.sequence
            """, connection)
        {
            Parameters =
            {
                SqlParameters.Column(repeated, recorded => recorded.AggregateId, NpgsqlDbType.Text),
                SqlParameters.Column(repeated, recorded => recorded.Sequence, NpgsqlDbType.Bigint),
            },
        };
        await using var reader = await select.ExecuteReaderAsync(cancellationToken);
        var hashes = new Dictionary<(string, long), long>();
        while (await reader.ReadAsync(cancellationToken))
            hashes[(reader.GetString(0), reader.GetInt64(1))] = reader.GetInt64(2);
        return hashes;
    }
}
