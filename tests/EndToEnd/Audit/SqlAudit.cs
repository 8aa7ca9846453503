using Npgsql;
using Streaming.LogChecker;

namespace Streaming.EndToEnd.Tests.Audit;

/// <summary>Compares the tables, row by row, with what the log says they must hold.</summary>
internal static class SqlAudit
{
    /// <summary>How many events the sink has in its audit log; -1 while it has no tables.</summary>
    public static async Task<long> CountAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand("SELECT CASE WHEN to_regclass('streaming.audit_log') IS NULL THEN -1 ELSE 0 END");
        if ((int)(await command.ExecuteScalarAsync() ?? -1) < 0)
            return -1;
        await using var count = database.CreateCommand("SELECT count(*) FROM streaming.audit_log");
        return (long)(await count.ExecuteScalarAsync() ?? 0L);
    }

    /// <summary>Every difference, each in one sentence.</summary>
    public static async Task<IReadOnlyList<string>> DifferencesAsync(NpgsqlDataSource database, IReadOnlyCollection<LoggedEvent> events)
    {
        var newest = events.GroupBy(logged => logged.AggregateId).Select(aggregate => aggregate.MaxBy(logged => logged.Sequence)!).ToList();
        return
        [
            .. Compare("audit_log", events.Select(logged => $"{logged.Partition}@{logged.Offset} {logged.AggregateId}@{logged.Sequence} {logged.EventId} {logged.CommandId}"),
                await ReadAsync(database, "SELECT partition || '@' || record_offset || ' ' || aggregate_id || '@' || sequence || ' ' || event_id || ' ' || causation_id FROM streaming.audit_log")),
            .. Compare("stock_movements", events.Select(logged => $"{logged.AggregateId}@{logged.Sequence} {Levels(logged)} {logged.Partition}@{logged.Offset}"),
                await ReadAsync(database, "SELECT sku || '@' || sequence || ' ' || on_hand || '/' || reserved || ' ' || partition || '@' || record_offset FROM streaming.stock_movements")),
            .. Compare("stock", newest.Select(logged => $"{logged.AggregateId}@{logged.Sequence} {Levels(logged)}"),
                await ReadAsync(database, "SELECT sku || '@' || version || ' ' || on_hand || '/' || reserved FROM streaming.stock")),
            .. Compare("stock against the sum of its movements", [],
                await ReadAsync(database, "SELECT s.sku FROM streaming.stock s JOIN (SELECT sku, sum(delta_on_hand) h, sum(delta_reserved) r, count(*) n FROM streaming.stock_movements GROUP BY sku) m USING (sku) "
                    + "WHERE (s.on_hand, s.reserved, s.version) IS DISTINCT FROM (m.h, m.r, m.n)")),
            .. Compare("history that overlaps or has a hole", [],
                await ReadAsync(database, "SELECT sku || '@' || sequence FROM streaming.stock_history WHERE valid_to_sequence <> valid_from_sequence + 1 OR recorded_to < recorded_from")),
        ];
    }

    private static IEnumerable<string> Compare(string what, IEnumerable<string> expected, IEnumerable<string> found)
    {
        var missing = expected.ToHashSet();
        var tooMany = new List<string>();
        foreach (var row in found)
        {
            if (!missing.Remove(row))
                tooMany.Add(row);
        }

        return missing.Select(row => $"{what}: missing {row}.").Concat(tooMany.Select(row => $"{what}: not in the log, or doubled: {row}."));
    }

    private static async Task<List<string>> ReadAsync(NpgsqlDataSource database, string query)
    {
        await using var command = database.CreateCommand(query);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
            rows.Add(reader.GetString(0));
        return rows;
    }

    private static string Levels(LoggedEvent logged) => $"{logged.Fields.Number("onHand")}/{logged.Fields.Number("reserved")}";
}
