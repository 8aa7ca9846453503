using Npgsql;
using NpgsqlTypes;
using Streaming.Sinks.Positions;

namespace Streaming.Sinks.Sql.Projecting;

/// <summary>The table <c>absent_rows</c>: aggregates of which a projection makes no row, and how far their events were seen.</summary>
internal static class AbsentRows
{
    public static NpgsqlBatchCommand SelectBefore(string schema, string table, string[] keys) =>
        new($"SELECT key, version, record_offset FROM {schema}.absent_rows WHERE table_name = $1 AND key = ANY($2)") { Parameters = { new() { Value = table }, SqlParameters.Texts(keys) } };

    public static async Task ReadAsync<TRow>(NpgsqlDataReader reader, Dictionary<string, Standing<TRow>> standing, CancellationToken cancellationToken)
        where TRow : class
    {
        while (await reader.ReadAsync(cancellationToken))
        {
            var absent = new Standing<TRow>(reader.GetString(0)) { IsNotedAbsent = true, Version = reader.GetInt64(1), Offset = reader.GetInt64(2) };
            standing.TryAdd(absent.Key, absent);
        }
    }

    public static NpgsqlBatchCommand Note<TRow>(string schema, string table, IReadOnlyList<Standing<TRow>> absent, string topic, int partition, int epoch)
        where TRow : class => new($"""
        INSERT INTO {schema}.absent_rows AS a (key, version, record_offset, table_name, topic, partition, epoch)
        SELECT n.*, $4, $5, $6, $7 FROM unnest($1, $2, $3) AS n
        ON CONFLICT (table_name, key) DO UPDATE SET version = excluded.version, record_offset = excluded.record_offset, epoch = excluded.epoch
        WHERE (a.epoch, a.version) < (excluded.epoch, excluded.version)
        """)
        {
            Parameters =
            {
                SqlParameters.Column(absent, standing => standing.Key, NpgsqlDbType.Text),
                SqlParameters.Column(absent, standing => standing.Version, NpgsqlDbType.Bigint),
                SqlParameters.Column(absent, standing => standing.Offset, NpgsqlDbType.Bigint),
                new() { Value = table }, new() { Value = topic }, new() { Value = partition }, new() { Value = epoch },
            },
        };

    public static NpgsqlBatchCommand Erase(string schema, string table, string[] keys) =>
        new($"DELETE FROM {schema}.absent_rows WHERE table_name = $1 AND key = ANY($2)") { Parameters = { new() { Value = table }, SqlParameters.Texts(keys) } };

    public static NpgsqlBatchCommand Empty(string schema, string table, SourcePartition source) => new($"DELETE FROM {schema}.absent_rows WHERE table_name = $1 AND topic = $2 AND partition = $3")
    {
        Parameters = { new() { Value = table }, new() { Value = source.Topic }, new() { Value = source.Partition } },
    };
}
