using Npgsql;

namespace Streaming.Benchmarks.Visibility;

/// <summary>What a SELECT of all products sees.</summary>
internal static class SqlReader
{
    public static async Task<IReadOnlyDictionary<string, long>> ReadAsync(NpgsqlDataSource database)
    {
        await using var select = database.CreateCommand("SELECT sku, version FROM streaming_current.stock");
        await using var rows = await select.ExecuteReaderAsync();
        var versions = new Dictionary<string, long>();
        while (await rows.ReadAsync())
            versions.Add(rows.GetString(0), rows.GetInt64(1));
        return versions;
    }
}
