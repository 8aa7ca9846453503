using System.Globalization;
using Npgsql;
using Streaming.Fixtures;
using Streaming.Sinks.Sql.Database;

namespace Streaming.Sinks.Sql.Tests.Database;

/// <summary>What is written in PostgreSQL's binary format is what PostgreSQL reads.</summary>
public sealed class CopyBufferTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Decimals_arrive_digit_by_digit()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        List<decimal> values = [0, 0.0000m, 1, -1, 10_000, 0.0001m, 0.1m, -0.00010m, 9_999.9999m, 1_200.0000m, decimal.MaxValue, decimal.MinValue, 0.0000000000000000000000000001m, -79_228_162_514.2643375935439503m];
        for (var i = 0; i < 5_000; i++)
            values.Add(new decimal(random.Next(), random.Next(3) == 0 ? 0 : random.Next(), random.Next(3) == 0 ? 0 : random.Next(), random.Next(2) == 0, (byte)random.Next(29)));
        var rows = new CopyBuffer();
        rows.Begin();
        for (var i = 0; i < values.Count; i++)
        {
            rows.Row(2);
            rows.Int32(i);
            rows.Numeric(values[i]);
        }

        await using var connection = new NpgsqlConnection(postgres.ConnectionString);
        await connection.OpenAsync();
        await new NpgsqlCommand("CREATE TEMPORARY TABLE n (i integer, v numeric)", connection).ExecuteNonQueryAsync();
        await rows.SendAsync(connection, "COPY n FROM STDIN (FORMAT BINARY)", CancellationToken.None);

        await using var reader = await new NpgsqlCommand("SELECT v::text FROM n ORDER BY i", connection).ExecuteReaderAsync();
        foreach (var value in values)
        {
            await reader.ReadAsync();
            reader.GetString(0).ShouldBe(value == 0 ? Math.Abs(value).ToString(CultureInfo.InvariantCulture) : value.ToString(CultureInfo.InvariantCulture), $"seed {seed}");
        }
    }

    [Fact]
    public async Task Every_other_type_arrives_and_so_does_nothing()
    {
        var rows = new CopyBuffer();
        rows.Begin();
        var at = new DateTimeOffset(2022, 3, 15, 12, 30, 0, TimeSpan.FromHours(2)).AddTicks(1_234_567);
        rows.Row(8);
        rows.Boolean(true);
        rows.Int32((int?)-7);
        rows.Int64((long?)long.MinValue);
        rows.Text("Größe „L“");
        rows.Timestamp(at);
        rows.Jsonb("""{"a":"\\u0000 is no escape"}""");
        rows.Timestamp((DateTime?)at.UtcDateTime);
        rows.Numeric((decimal?)1.50m);
        rows.Row(8);
        rows.Boolean(false);
        rows.Int32((int?)null);
        rows.Int64((long?)null);
        rows.Text((string?)null);
        rows.Null();
        rows.Null();
        rows.Timestamp((DateTime?)null);
        rows.Numeric((decimal?)null);

        await using var connection = new NpgsqlConnection(postgres.ConnectionString);
        await connection.OpenAsync();
        await new NpgsqlCommand("SET timezone TO 'UTC'; CREATE TEMPORARY TABLE r (b boolean, i integer, l bigint, t text, z timestamptz, j jsonb, y timestamptz, n numeric)", connection).ExecuteNonQueryAsync();
        await rows.SendAsync(connection, "COPY r FROM STDIN (FORMAT BINARY)", CancellationToken.None);

        await using var reader = await new NpgsqlCommand("SELECT r::text FROM r", connection).ExecuteReaderAsync();
        await reader.ReadAsync();
        reader.GetString(0).ShouldBe("""(t,-7,-9223372036854775808,"Größe „L“","2022-03-15 10:30:00.123456+00","{""a"": ""\\\\u0000 is no escape""}","2022-03-15 10:30:00.123456+00",1.50)""");
        await reader.ReadAsync();
        reader.GetString(0).ShouldBe("(f,,,,,,,)");
    }

    [Theory]
    [InlineData("\"\\u0000\"")]
    [InlineData("{\"a\":\"x\\\\\\u0000\"}")]
    public void Json_with_an_escaped_nul_is_refused(string json)
    {
        var rows = new CopyBuffer();
        rows.Begin();
        Should.Throw<UnstorableTextException>(() => rows.Jsonb(json));
        Should.Throw<UnstorableTextException>(() => rows.Text("a\0"));
    }
}
