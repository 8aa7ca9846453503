using Npgsql;
using Streaming.Sinks.Events;
using Streaming.SqlSink.Tests.Contexts;

namespace Streaming.Chaos.ReadSide.Destinations;

/// <summary>PostgreSQL's tables, row by row, with what the domain's own rules make of the log.</summary>
internal sealed class TableComparison(Func<string> connectionString) : IComparison
{
    // Each version ends where the next one begins, and the row that readers see is the newest of them.
    private static readonly (string Table, string History, string Key)[] Histories =
        [("stock", "stock_history", "sku"), ("accounts", "account_history", "account_id"), ("orders", "order_history", "order_id"), ("fulfilments", "fulfilment_history", "order_id")];

    public async Task<Compared> CompareAsync(IReadOnlyList<RecordedEvent> log, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString()) { SearchPath = "streaming", Timezone = "UTC", Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        var count = 0;
        foreach (var (query, rows) in ExpectedTables.Of(log).Concat(Consistent()))
        {
            var compared = Compared.Of(query, rows, await RowsAsync(connection, query, cancellationToken));
            if (compared.Difference is not null)
                return compared;
            count += compared.Count;
        }

        return new(count, null);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static IEnumerable<(string Query, List<string> Rows)> Consistent()
    {
        foreach (var (table, history, key) in Histories)
        {
            yield return ($"SELECT {key} FROM {history} WHERE valid_to_sequence <> valid_from_sequence + 1 OR recorded_to < recorded_from", []);
            yield return (
                $"SELECT t.{key} FROM {table} t LEFT JOIN {history} h ON h.{key} = t.{key} AND h.recorded_to IS NULL AND h.valid_from_sequence = t.version AND h.valid_from_offset = t.record_offset "
                + $"WHERE h.{key} IS NULL", []);
        }
    }

    private static async Task<List<string>> RowsAsync(NpgsqlConnection connection, string query, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(query, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(await reader.IsDBNullAsync(0, cancellationToken) ? "a row with a null" : reader.GetString(0));
        return rows;
    }
}
