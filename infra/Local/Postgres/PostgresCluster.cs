using System.Security.Cryptography;

namespace Streaming.Local.Postgres;

/// <summary>Makes a cluster: initdb, settings, who may connect, the database.</summary>
internal static class PostgresCluster
{
    public const string Role = "streaming";

    // Small: the whole stack shares a laptop. An operator may change the file; it is written once.
    private const string Settings = """
        # Written when this cluster was made; edit freely. Port and addresses are given at each start.
        unix_socket_directories = ''
        max_connections = 50
        shared_buffers = 32MB
        maintenance_work_mem = 32MB
        max_wal_size = 512MB
        min_wal_size = 64MB
        wal_level = minimal
        max_wal_senders = 0
        max_worker_processes = 2
        max_parallel_workers = 0
        autovacuum_max_workers = 1
        jit = off
        huge_pages = off
        timezone = 'UTC'
        log_timezone = 'UTC'

        """;

    private const string UnsyncedSettings = """
        fsync = off
        synchronous_commit = off
        full_page_writes = off

        """;

    // Nobody without the password, not even a local user.
    private const string Access = """
        host  all  all  127.0.0.1/32  scram-sha-256

        """;

    public static async Task CreateAsync(
        PostgresPlace place, PostgresBinaries binaries, ServerUser user, PrivatePostgresOptions options, CancellationToken cancellationToken)
    {
        var folder = place.ClusterInTheMaking;
        var data = Path.Combine(folder, "data");
        var password = Path.Combine(folder, "password");
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);

        // Every file is written by the server's user, so that it owns them all.
        await Command.RunAsync(user.Run("mkdir", folder), cancellationToken);
        await WriteAsync(password, RandomNumberGenerator.GetHexString(32, lowercase: true));
        await Command.RunAsync(user.Run(
            binaries.InitDb, "--pgdata", data, "--username", Role, "--pwfile", password, "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C",
            options.IsThrowaway ? "--no-sync" : "--data-checksums"), cancellationToken);
        await WriteAsync(Path.Combine(data, "postgresql.conf"), options.IsThrowaway ? Settings + UnsyncedSettings : Settings);
        await WriteAsync(Path.Combine(data, "pg_hba.conf"), Access);
        await Command.RunAsync(user.Run(binaries.Server, "--single", "-D", data, "postgres"), cancellationToken,
            input: $"CREATE DATABASE \"{options.Database}\"\n");
        Directory.Move(folder, place.Cluster);

        Task WriteAsync(string file, string text) =>
            Command.RunAsync(user.Run("sh", "-c", "umask 077; cat >\"$1\"", "sh", file), cancellationToken, input: text);
    }
}
