namespace Streaming.Local.Postgres;

/// <summary>
/// A PostgreSQL of our own as a child process: loopback only, a generated password, small settings. It stops with this object and,
/// whatever happens, with this process.
/// </summary>
public sealed class PrivatePostgres : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ReadyInterval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(300);

    private readonly PostgresServer _server;
    private readonly FileStream _lock;
    private readonly string _password;
    private readonly string _database;

    private PrivatePostgres(PostgresServer server, FileStream homeLock, string password, string database)
    {
        _server = server;
        _lock = homeLock;
        _password = password;
        _database = database;
    }

    public int Port => _server.Port;

    /// <summary>As psql takes it: <c>postgresql://user:password@127.0.0.1:port/database</c>.</summary>
    public string Url => $"postgresql://{PostgresCluster.Role}:{_password}@127.0.0.1:{Port}/{_database}";

    /// <summary>As Npgsql takes it.</summary>
    public string ConnectionString => $"Host=127.0.0.1;Port={Port};Username={PostgresCluster.Role};Password={_password};Database={_database}";

    /// <summary>Ends when the server ends, also when somebody else ends it.</summary>
    public Task Ended => _server.Ended;

    /// <summary>Makes the cluster if it is the first time, starts the server, and returns when it takes connections.</summary>
    /// <exception cref="PostgresUnavailableException">No binaries, a folder in use, or a server that does not start; says what to do.</exception>
    public static async Task<PrivatePostgres> StartAsync(
        PrivatePostgresOptions options, TimeProvider time, CancellationToken cancellationToken = default)
    {
        var home = Path.GetFullPath(options.Home);
        var user = await ServerUser.ChooseAsync(cancellationToken);
        var place = await PostgresPlace.OpenAsync(home, user, cancellationToken);
        var homeLock = Lock(home);
        try
        {
            var binaries = await PostgresBinaries.FindAsync(place.Major, cancellationToken);
            if (!place.HasCluster)
                await PostgresCluster.CreateAsync(place, binaries, user, options, cancellationToken);
            await StopOrphanAsync(place);
            var password = await File.ReadAllTextAsync(place.PasswordFile, cancellationToken);
            var server = await StartServerAsync(options, home, place, binaries, user, time, cancellationToken);
            return new PrivatePostgres(server, homeLock, password, options.Database);
        }
        catch
        {
            homeLock.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _lock.DisposeAsync();
    }

    private static FileStream Lock(string home)
    {
        try
        {
            return new FileStream(Path.Combine(home, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException cause)
        {
            throw new PostgresUnavailableException($"{home} is in use by another process: stop it (make down), or choose another STREAMING_HOME.", cause);
        }
    }

    // We hold the lock, so whoever started that server is gone, together with its leash.
    private static async Task StopOrphanAsync(PostgresPlace place)
    {
        if (new PostmasterFile(place.DataFolder).FindOrphan() is not { } orphan)
            return;
        using var leash = new PostgresLeash(orphan);
        await leash.PullAsync();
    }

    private static async Task<PostgresServer> StartServerAsync(
        PrivatePostgresOptions options, string home, PostgresPlace place, PostgresBinaries binaries, ServerUser user, TimeProvider time,
        CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(StartDeadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var logFile = Path.GetFullPath(options.LogFile ?? Path.Combine(home, "postgres.log"));
        var port = options.Port;
        while (true)
        {
            port = LoopbackPort.FreeOrAnother(port);
            var server = new PostgresServer(place, binaries, user, port, logFile, remove: options.IsThrowaway ? [place.Folder, home] : []);
            try
            {
                while (!server.IsReady && !server.Ended.IsCompleted)
                    await Task.Delay(ReadyInterval, time, either.Token);
                if (server.IsReady)
                    return server;
            }
            catch (OperationCanceledException cause)
            {
                await server.DisposeAsync();
                cancellationToken.ThrowIfCancellationRequested();
                throw new PostgresUnavailableException($"PostgreSQL was not ready within {StartDeadline.TotalSeconds} s: {server.Printed()}", cause);
            }

            var printed = server.Printed();
            // Somebody took the port in between, or children of a killed server are still leaving: both pass.
            if (printed.Contains("could not bind", StringComparison.Ordinal))
                port = 0;
            else if (!printed.Contains("is still in use", StringComparison.Ordinal))
                throw new PostgresUnavailableException($"PostgreSQL did not start: {printed}");
            await Task.Delay(RetryInterval, time, either.Token);
        }
    }
}
