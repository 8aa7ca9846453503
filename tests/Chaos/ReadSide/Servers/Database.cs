using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Streaming.Fixtures;
using Streaming.Local.Postgres;

namespace Streaming.Chaos.ReadSide.Servers;

/// <summary>A PostgreSQL of the stage's own, which can be killed and comes back with what it had promised to keep.</summary>
internal sealed class Database : IRestarted
{
    private readonly TempFolder _home = new("chaos-postgres");
    private readonly int _port = FreePorts.OneWith(distance: 0);
    private PrivatePostgres? _server;

    private Database()
    {
    }

    /// <summary>As Npgsql takes it; the same after every start.</summary>
    public string ConnectionString => _server!.ConnectionString;

    public static async Task<Database> StartAsync()
    {
        var database = new Database();
        await database.StartAgainAsync();
        return database;
    }

    /// <summary>SIGKILL of the server; what it forked ends by itself.</summary>
    public async Task KillAsync()
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(_home.Path, "server", "cluster", "data", "postmaster.pid"));
        using (var process = Process.GetProcessById(int.Parse(lines[0], CultureInfo.InvariantCulture)))
            process.Kill();
        await StopAsync();
    }

    public async Task StopAsync()
    {
        if (_server is { } server)
            await server.DisposeAsync();
        _server = null;
    }

    public async Task StartAgainAsync()
    {
        _server = await PrivatePostgres.StartAsync(new PrivatePostgresOptions { Home = _home.Path, Port = _port }, TimeProvider.System);
        if (_server.Port != _port)
            throw new InvalidOperationException($"Somebody has taken port {_port} while PostgreSQL was down.");
    }

    /// <summary>Ends every connection but the one that asks.</summary>
    public async Task<int> DisconnectAllAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            "SELECT count(pg_terminate_backend(pid))::int FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()", connection);
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        // For root, PostgreSQL's data is elsewhere, behind a link.
        if (new DirectoryInfo(Path.Combine(_home.Path, "server")).ResolveLinkTarget(returnFinalTarget: true) is DirectoryInfo { Exists: true } elsewhere)
            elsewhere.Delete(recursive: true);
        _home.Dispose();
    }
}
