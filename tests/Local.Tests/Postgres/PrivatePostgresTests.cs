using System.Diagnostics;
using Npgsql;
using Streaming.Local.Postgres;

namespace Streaming.Local.Tests.Postgres;

public sealed class PrivatePostgresTests : IAsyncDisposable
{
    private readonly string _home = Path.Combine(Path.GetTempPath(), $"streaming-local-{Guid.CreateVersion7():n}");

    [Fact]
    public async Task Data_and_address_survive_a_restart()
    {
        int port;
        await using (var first = await StartAsync())
        {
            port = first.Port;
            await ExecuteAsync(first, "CREATE TABLE stock AS SELECT 190 AS units");
        }
        await using var second = await StartAsync(port);
        second.Port.ShouldBe(port);
        (await ExecuteAsync(second, "SELECT units FROM stock")).ShouldBe(190);
    }

    [Fact]
    public async Task A_taken_port_is_replaced()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;
        await using var postgres = await StartAsync(port);
        postgres.Port.ShouldNotBe(port);
        (await ExecuteAsync(postgres, "SELECT 1")).ShouldBe(1);
    }

    [Fact]
    public async Task Without_the_password_nobody_gets_in()
    {
        await using var postgres = await StartAsync();
        var guessed = new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Password = "guessed", Pooling = false };
        await using var connection = new NpgsqlConnection(guessed.ConnectionString);
        (await Should.ThrowAsync<PostgresException>(() => connection.OpenAsync())).SqlState.ShouldBe("28P01");
    }

    [Fact]
    public async Task A_folder_in_use_is_refused()
    {
        await using var postgres = await StartAsync();
        (await Should.ThrowAsync<PostgresUnavailableException>(() => StartAsync())).Message.ShouldContain("in use");
    }

    [Fact]
    public async Task After_a_kill_of_the_server_its_data_is_there_again()
    {
        await using (var killed = await StartAsync())
        {
            await ExecuteAsync(killed, "CREATE TABLE stock AS SELECT 190 AS units");
            using var postmaster = Process.GetProcessById(PostmasterId());
            postmaster.Kill();
            await killed.Ended;
        }
        await using var postgres = await StartAsync();
        (await ExecuteAsync(postgres, "SELECT units FROM stock")).ShouldBe(190);
    }

    [Fact]
    public async Task A_number_taken_over_by_another_process_keeps_nobody_from_starting()
    {
        await using (await StartAsync())
        {
        }
        // As after a reboot: the file of a server that was never stopped, whose number belongs to somebody else, of the same user.
        await using (var other = await PrivatePostgres.StartAsync(
            new PrivatePostgresOptions { Home = _home + "-other", IsThrowaway = true }, TimeProvider.System))
        {
            var stale = (await File.ReadAllLinesAsync(Path.Combine(_home + "-other", "server/cluster/data/postmaster.pid"))).ToList();
            stale[1] = Path.Combine(_home, "server/cluster/data");
            await File.WriteAllLinesAsync(PostmasterFile, stale.Take(5));
            await using var postgres = await StartAsync();
            (await ExecuteAsync(postgres, "SELECT 1")).ShouldBe(1);
            (await ExecuteAsync(other, "SELECT 1")).ShouldBe(1);
        }
    }

    private string PostmasterFile => Path.Combine(_home, "server/cluster/data/postmaster.pid");

    private int PostmasterId() => int.Parse(File.ReadLines(PostmasterFile).First());

    private Task<PrivatePostgres> StartAsync(int port = 0) =>
        PrivatePostgres.StartAsync(new PrivatePostgresOptions { Home = _home, Port = port }, TimeProvider.System);

    private static async Task<object?> ExecuteAsync(PrivatePostgres postgres, string sql)
    {
        await using var connection = new NpgsqlConnection(postgres.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_home, recursive: true);
        return ValueTask.CompletedTask;
    }
}
