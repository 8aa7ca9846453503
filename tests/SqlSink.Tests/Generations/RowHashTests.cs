using Streaming.Fixtures;
using Streaming.Sinks.Sql.Generations;
using Streaming.SqlSink.Tests.Support;

namespace Streaming.SqlSink.Tests.Generations;

/// <summary>What the proof of a generation takes for different: whatever a reader could tell apart.</summary>
public sealed class RowHashTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    public static TheoryData<string, string, string> Pairs => new()
    {
        { "bigint", "1", "4294967296" },   // PostgreSQL's own hash of these two is one.
        { "timestamp with time zone", "'2000-01-01 00:00:00.000001+00'", "'2000-01-01 01:11:34.967296+00'" },
        { "numeric", "1.0", "1.00" },
        { "double precision", "'0'", "'-0'" },
        { "interval", "'1 month'", "'30 days'" },
        { "jsonb", "'[1.0]'", "'[1.00]'" },
        { "json", "'[1]'", "'[ 1]'" },
        { "text", "''", "NULL" },
        { "character varying(3)", "'a'", "'A'" },
        { "integer", "0", "NULL" },
        { "boolean", "false", "NULL" },
        { "integer[]", "'{1,2}'", "'{2,1}'" },
        { "bytea", "'a'", "'b'" },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Values_that_a_reader_can_tell_apart_differ_and_one_is_equal_to_itself(string type, string one, string other)
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        string Hash(string value) => $"(SELECT {RowHash.Of([("v", type), ("k", "integer")])} FROM (SELECT {value}::{type} AS v, 7 AS k) r)";

        (await database.RowsAsync($"SELECT {Hash(one)} = {Hash(one)} AS same, {Hash(other)} = {Hash(other)} AS too, {Hash(one)} = {Hash(other)} AS mixed")).ShouldBe(["true|true|false"]);
    }

    [Fact]
    public async Task A_column_that_has_another_type_elsewhere_is_compared_by_its_text()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        var hash = RowHash.Of([("v", null)]);

        (await database.RowsAsync($"SELECT (SELECT {hash} FROM (SELECT 5 AS v) r) = (SELECT {hash} FROM (SELECT 5::bigint AS v) r) AS same")).ShouldBe(["true"]);
    }

    [Fact]
    public async Task Rows_that_have_exchanged_a_value_have_another_sum()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        foreach (var type in new[] { "integer", "bigint", "numeric", "text" })
        {
            string Sum(string values) => $"(SELECT sum({RowHash.Of([("a", type), ("b", type)])}) FROM (SELECT x::{type} AS a, y::{type} AS b FROM (VALUES {values}) v(x, y)) r)";
            string[] others = ["(1, 4), (3, 2)", "(2, 1), (4, 3)", "(1, 2)", "(1, 2), (3, 4), (3, 4)"];

            (await database.RowsAsync($"SELECT {Sum("(1, 2), (3, 4)")} = {Sum("(3, 4), (1, 2)")} AS same")).ShouldBe(["true"], type);
            foreach (var other in others)
                (await database.RowsAsync($"SELECT {Sum("(1, 2), (3, 4)")} = {Sum(other)} AS mixed")).ShouldBe(["false"], $"{type}: {other}");
        }
    }
}
