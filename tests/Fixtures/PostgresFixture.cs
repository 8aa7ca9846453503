using Npgsql;
using Streaming.Local.Postgres;
using Xunit;

namespace Streaming.Fixtures;

/// <summary>
/// An empty database for the tests of a class or an assembly: on the server that <c>DATABASE_URL</c> names, else on a private one in the
/// temp folder, which all fixtures of this process share and which goes when the process does.
/// </summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private static readonly Lazy<Task<NpgsqlConnectionStringBuilder>> s_server = new(StartServerAsync);

    // Its pipe to the server is the leash: collected, the server would stop in the middle of the tests.
    private static PrivatePostgres? s_private;

    private readonly List<string> _databases = [];
    private string? _connectionString;

    /// <summary>As Npgsql takes it.</summary>
    public string ConnectionString => _connectionString ?? throw new InvalidOperationException("The fixture is not initialised yet.");

    /// <summary>As psql takes it, and <c>DATABASE_URL</c>.</summary>
    public string Url => ToUrl(ConnectionString);

    public async ValueTask InitializeAsync() => _connectionString = await CreateDatabaseAsync();

    /// <summary>Another empty database, removed with this fixture.</summary>
    /// <returns>Its connection string, as Npgsql takes it.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        var server = await s_server.Value;
        var name = $"test_{Guid.CreateVersion7():n}";
        await ExecuteAsync(server, $"CREATE DATABASE {name}");
        _databases.Add(name);
        return new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = name }.ConnectionString;
    }

    public static string ToUrl(string connectionString)
    {
        var parts = new NpgsqlConnectionStringBuilder(connectionString);
        return $"postgresql://{Uri.EscapeDataString(parts.Username!)}:{Uri.EscapeDataString(parts.Password ?? "")}" +
            $"@{parts.Host}:{parts.Port}/{parts.Database}";
    }

    public async ValueTask DisposeAsync()
    {
        var server = await s_server.Value;
        foreach (var name in _databases)
            await ExecuteAsync(server, $"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    }

    private static async Task ExecuteAsync(NpgsqlConnectionStringBuilder server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<NpgsqlConnectionStringBuilder> StartServerAsync()
    {
        if (Environment.GetEnvironmentVariable("DATABASE_URL") is { Length: > 0 } url)
            return FromUrl(url);
        var options = new PrivatePostgresOptions
        {
            Home = Path.Combine(Path.GetTempPath(), $"streaming-postgres-{Guid.CreateVersion7():n}"),
            IsThrowaway = true,
        };
        s_private = await PrivatePostgres.StartAsync(options, TimeProvider.System);
        // No pool: a connection kept open would keep its database from being dropped.
        return new NpgsqlConnectionStringBuilder(s_private.ConnectionString) { Pooling = false };
    }

    private static NpgsqlConnectionStringBuilder FromUrl(string url)
    {
        var uri = new Uri(url);
        var user = uri.UserInfo.Split(':', 2);
        return new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host,
            Port = uri.IsDefaultPort ? 5432 : uri.Port,
            Username = Uri.UnescapeDataString(user[0]),
            Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
            Database = uri.AbsolutePath.Trim('/'),
            Pooling = false,
        };
    }
}
