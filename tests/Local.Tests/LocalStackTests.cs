using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using Streaming.Fixtures;

namespace Streaming.Local.Tests;

public sealed class LocalStackTests : IDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateDirectory(
        Path.Combine(Path.GetTempPath(), $"streaming-stack-{Guid.CreateVersion7():n}"));

    [Fact]
    public async Task After_a_kill_everything_is_there_again_at_the_same_addresses()
    {
        Dictionary<string, string> first;
        int database;
        await using (var killed = await LocalProcess.StartAsync(_home.FullName))
        {
            (first, database) = (killed.Addresses, killed.DatabaseProcessId);
            await ExecuteAsync(first["DATABASE_URL"], "CREATE TABLE stock AS SELECT 190 AS units");
            await RegisterAsync(first["SCHEMA_REGISTRY_URL"]);
            await IndexAsync(first["SEARCH_URL"]);
            await killed.KillAsync();
        }
        await Eventually.Async(() => !Directory.Exists($"/proc/{database}"), "PostgreSQL ends with the process that started it");

        await using var again = await LocalProcess.StartAsync(
            _home.FullName, Port("KafkaPort", first["KAFKA_BOOTSTRAP"]), Port("RegistryPort", first["SCHEMA_REGISTRY_URL"]), Port("DatabasePort", first["DATABASE_URL"]),
            Port("SearchPort", first["SEARCH_URL"]), Port("RiskPort", first["RISK_CHECK_URL"]), Port("MailPort", first["MAIL_URL"]));
        again.Addresses.ShouldBe(first);
        (await ExecuteAsync(again.Addresses["DATABASE_URL"], "SELECT units FROM stock")).ShouldBe(190);
        using var http = new HttpClient();
        (await http.GetStringAsync($"{again.Addresses["SCHEMA_REGISTRY_URL"]}/subjects")).ShouldContain("streaming.Kept");
        (await http.GetStringAsync($"{again.Addresses["SEARCH_URL"]}/stock/_doc/1")).ShouldContain("190");
        (await again.StopAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_taken_port_is_replaced()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        await using var local = await LocalProcess.StartAsync(
            _home.FullName, ("KafkaPort", port), ("RegistryPort", port), ("DatabasePort", port), ("SearchPort", port),
            ("RiskPort", port), ("MailPort", port));
        local.Addresses.Values.ShouldAllBe(address => !address.Contains($":{port}"));
    }

    [Fact]
    public async Task What_is_named_is_not_started()
    {
        await using var local = await LocalProcess.StartAsync(
            _home.FullName, ("KafkaBootstrap", "127.0.0.1:1"), ("SchemaRegistryUrl", "http://127.0.0.1:2"), ("DatabaseUrl", "postgresql://it's@127.0.0.1:3/x"),
            ("SearchUrl", "http://127.0.0.1:4"));
        local.DatabaseProcessId.ShouldBe(0);
        Directory.Exists(Path.Combine(_home.FullName, "kafka")).ShouldBeFalse();
        Directory.Exists(Path.Combine(_home.FullName, "search")).ShouldBeFalse();
        local.Addresses["KAFKA_BOOTSTRAP"].ShouldBe("127.0.0.1:1");
        local.Addresses["SEARCH_URL"].ShouldBe("http://127.0.0.1:4");
        local.Addresses["DATABASE_URL"].ShouldBe(@"postgresql://it'\''s@127.0.0.1:3/x");   // For a shell to read.
    }

    [Fact]
    public async Task Only_the_owner_can_read_the_password()
    {
        await using var local = await LocalProcess.StartAsync(_home.FullName);
        File.GetUnixFileMode(Path.Combine(_home.FullName, "local.env")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static (string, string) Port(string name, string address) =>
        (name, (address.Contains("://", StringComparison.Ordinal) ? new Uri(address).Port.ToString(CultureInfo.InvariantCulture) : address.Split(':')[1]));

    private static async Task RegisterAsync(string registry)
    {
        using var http = new HttpClient();
        using var body = new StringContent("""{"schema": "{\"type\": \"record\", \"name\": \"streaming.Kept\", \"fields\": []}"}""", null, "application/vnd.schemaregistry.v1+json");
        using var answer = await http.PostAsync(new Uri($"{registry}/subjects/streaming.Kept/versions"), body);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task IndexAsync(string search)
    {
        using var http = new HttpClient();
        using var body = new StringContent("""{"units": 190}""", null, "application/json");
        using var answer = await http.PutAsync(new Uri($"{search}/stock/_doc/1"), body);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task<object?> ExecuteAsync(string url, string sql)
    {
        var uri = new Uri(url);
        var user = uri.UserInfo.Split(':');
        await using var connection = new NpgsqlConnection(
            $"Host={uri.Host};Port={uri.Port};Username={user[0]};Password={user[1]};Database={uri.AbsolutePath.Trim('/')};Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    public void Dispose() => _home.Delete(recursive: true);
}
