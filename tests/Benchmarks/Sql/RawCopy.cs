using System.Diagnostics;
using Npgsql;
using Streaming.Fixtures;

namespace Streaming.Benchmarks.Sql;

/// <summary>The rows that a sink wrote, read into a file each and put by one binary COPY each into empty tables with the same indexes.</summary>
internal static class RawCopy
{
    private static readonly string[] Tables = ["stock_movements", "audit_log"];

    /// <summary>Events per second: a row in each table is one event.</summary>
    public static async Task<double> MeasureAsync(NpgsqlDataSource source, string schema, int eventCount)
    {
        using var folder = new TempFolder("bench-copy");
        await using var connection = await source.OpenConnectionAsync();
        foreach (var table in Tables)
        {
            await using var file = File.Create(Path.Combine(folder.Path, table));
            await using var rows = await connection.BeginRawBinaryCopyAsync($"COPY {schema}.{table} TO STDOUT (FORMAT BINARY)");
            await rows.CopyToAsync(file);
        }

        foreach (var table in Tables)
            await ExecuteAsync(connection, $"CREATE TABLE {schema}.raw_{table} (LIKE {schema}.{table} INCLUDING ALL)");
        await ExecuteAsync(connection, "CHECKPOINT");

        var start = Stopwatch.GetTimestamp();
        foreach (var table in Tables)
        {
            await using var file = File.OpenRead(Path.Combine(folder.Path, table));
            await using var rows = await connection.BeginRawBinaryCopyAsync($"COPY {schema}.raw_{table} FROM STDIN (FORMAT BINARY)");
            await file.CopyToAsync(rows, bufferSize: 1 << 20);
        }

        return eventCount / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
