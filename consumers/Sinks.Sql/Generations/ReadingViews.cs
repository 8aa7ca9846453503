using Npgsql;

namespace Streaming.Sinks.Sql.Generations;

/// <summary>What readers see: a schema with a view of each table of one generation. Pointed at another generation in one transaction.</summary>
/// <remarks>Its table <c>generation</c> says which. Views of others that hang on these are never dropped: where a column has gone, the swap fails and names them.</remarks>
internal sealed class ReadingViews(NpgsqlDataSource database, string schema, TimeProvider time)
{
    private const string Pointer = "generation";

    // Shorter than the second after which PostgreSQL looks for deadlocks: a reader that has locked the views in another order is never the one who
    // fails. It is given way, and its order is learned: the view that could not be had is the first one next time. Without that, a reader that
    // comes again at once meets every attempt in the same way.
    private const string LockPatience = "100ms";
    private const int TriesMax = 300;
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Points readers at the first generation, and brings views up to date where they show this one already.</summary>
    public Task OfferAsync(Generation generation, CancellationToken cancellationToken) => TryAsync(async (connection, busy) =>
    {
        var current = await CurrentAsync(connection, cancellationToken);
        if (current == generation || (current is null && generation.Number == 1))
            await ShowAsync(connection, generation, busy, cancellationToken);
    }, cancellationToken);

    /// <summary>From its commit on, readers see this generation, in all tables at once.</summary>
    /// <exception cref="PostgresException">Somebody reads without an end, or has built on what would go.</exception>
    public Task SwapAsync(Generation generation, CancellationToken cancellationToken) =>
        TryAsync((connection, busy) => ShowAsync(connection, generation, busy, cancellationToken), cancellationToken);

    /// <param name="change">Is given the views that readers held when it was tried before, the latest first, and adds to them.</param>
    private async Task TryAsync(Func<NpgsqlConnection, List<string>, Task> change, CancellationToken cancellationToken)
    {
        var busy = new List<string>();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(cancellationToken);
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                await BeginAsync(connection, cancellationToken);
                await change(connection, busy);
                await transaction.CommitAsync(cancellationToken);
                return;
            }
            catch (PostgresException cause) when (IsHeldByReaders(cause) && attempt < TriesMax)
            {
                await Task.Delay(_pause, time, cancellationToken);
            }
        }
    }

    /// <summary>What readers see now; null while nothing was offered.</summary>
    public async Task<Generation?> CurrentAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var exists = new NpgsqlCommand("SELECT to_regclass($1) IS NOT NULL", connection) { Parameters = { new() { Value = $"{schema}.{Pointer}" } } };
        return (bool)(await exists.ExecuteScalarAsync(cancellationToken))! ? await CurrentAsync(connection, cancellationToken) : null;
    }

    private async Task BeginAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await ExecuteAsync(connection, $"SELECT pg_advisory_xact_lock(hashtextextended('streaming.views.{schema}', 0))", cancellationToken);
        await ExecuteAsync(connection, $"""
            CREATE SCHEMA IF NOT EXISTS {schema};
            CREATE TABLE IF NOT EXISTS {schema}.{Pointer} (number integer NOT NULL, schema text NOT NULL, since timestamptz NOT NULL DEFAULT now());
            SET LOCAL lock_timeout = '{LockPatience}'
            """, cancellationToken);
    }

    private async Task<Generation?> CurrentAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var select = new NpgsqlCommand($"SELECT number, schema FROM {schema}.{Pointer}", connection);
        await using var reader = await select.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new Generation(reader.GetInt32(0), reader.GetString(1)) : null;
    }

    private static bool IsHeldByReaders(PostgresException cause) => cause.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected;

    private async Task ShowAsync(NpgsqlConnection connection, Generation generation, List<string> busy, CancellationToken cancellationToken)
    {
        var shown = await RelationsAsync(connection, generation.Schema, "'r', 'v', 'm', 'p'", cancellationToken);
        foreach (var name in busy.Intersect(shown).Concat(shown.Except(busy)).ToList())
        {
            try
            {
                await ShowTableAsync(connection, generation, name, cancellationToken);
            }
            catch (PostgresException cause) when (IsHeldByReaders(cause))
            {
                busy.Remove(name);
                busy.Insert(0, name);
                throw;
            }
        }

        foreach (var left in (await RelationsAsync(connection, schema, "'v'", cancellationToken)).Except(shown))
            await ExecuteAsync(connection, $"DROP VIEW {schema}.{left}", cancellationToken);
        foreach (var function in await FunctionsAsync(connection, generation, cancellationToken))
            await ExecuteAsync(connection, function, cancellationToken);
        await ExecuteAsync(connection, $"DELETE FROM {schema}.{Pointer} WHERE (number, schema) IS DISTINCT FROM ({generation.Number}, '{generation.Schema}')", cancellationToken);
        await ExecuteAsync(connection, $"""
            INSERT INTO {schema}.{Pointer} (number, schema) SELECT {generation.Number}, '{generation.Schema}' WHERE NOT EXISTS (SELECT FROM {schema}.{Pointer})
            """, cancellationToken);
    }

    private async Task ShowTableAsync(NpgsqlConnection connection, Generation generation, string name, CancellationToken cancellationToken)
    {
        var view = $"VIEW {schema}.{name} AS SELECT * FROM {generation.Schema}.{name}";
        await ExecuteAsync(connection, "SAVEPOINT showing", cancellationToken);
        try
        {
            await ExecuteAsync(connection, $"CREATE OR REPLACE {view}", cancellationToken);
        }
        catch (PostgresException cause) when (cause.SqlState == PostgresErrorCodes.InvalidTableDefinition)
        {
            // Its columns are others now. Without CASCADE: what others have built on it is theirs.
            await ExecuteAsync(connection, "ROLLBACK TO SAVEPOINT showing", cancellationToken);
            await ExecuteAsync(connection, $"DROP VIEW {schema}.{name}; CREATE {view}", cancellationToken);
        }

        await ExecuteAsync(connection, "RELEASE SAVEPOINT showing", cancellationToken);
    }

    private static Task<List<string>> RelationsAsync(NpgsqlConnection connection, string schema, string kinds, CancellationToken cancellationToken) => ReadAsync(connection, $"""
        SELECT quote_ident(relname) FROM pg_class
        WHERE relnamespace = to_regnamespace('{schema}') AND relkind IN ({kinds}) AND relname NOT IN ('migrations', 'sink_migrations', '{Pointer}')
        ORDER BY relname
        """, cancellationToken);

    private Task<List<string>> FunctionsAsync(NpgsqlConnection connection, Generation generation, CancellationToken cancellationToken) => ReadAsync(connection, $"""
        SELECT format('CREATE OR REPLACE FUNCTION {schema}.%I(%s) RETURNS %s LANGUAGE sql STABLE AS $shown$ SELECT * FROM {generation.Schema}.%I(%s) $shown$',
                      proname, pg_get_function_arguments(oid), pg_get_function_result(oid), proname,
                      (SELECT string_agg('$' || n, ', ') FROM generate_series(1, pronargs) n))
        FROM pg_proc WHERE pronamespace = to_regnamespace('{generation.Schema}') AND prokind = 'f' ORDER BY proname
        """, cancellationToken);

    private static async Task<List<string>> ReadAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var texts = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
            texts.Add(reader.GetString(0));
        return texts;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
