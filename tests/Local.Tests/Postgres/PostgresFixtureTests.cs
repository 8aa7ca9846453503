using Npgsql;
using Streaming.Fixtures;

namespace Streaming.Local.Tests.Postgres;

public sealed class PostgresFixtureTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Each_asks_for_databases_of_its_own()
    {
        var another = await postgres.CreateDatabaseAsync();
        another.ShouldNotBe(postgres.ConnectionString);
        await using var connection = new NpgsqlConnection(another);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("CREATE TABLE stock (sku text)", connection);
        await command.ExecuteNonQueryAsync();
    }
}
