using System.Text.RegularExpressions;
using Streaming.Fixtures;
using Streaming.SqlSink.Tests.Contexts;
using Streaming.SqlSink.Tests.Support;

namespace Streaming.SqlSink.Tests;

/// <summary>The questions on the page about SQL are answered, and the tables that it lists are those that there are.</summary>
public sealed partial class DocumentationTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly string _page = File.ReadAllText(Path.Combine(Repository.Root!, "docs", "sql.md"));

    [Fact]
    public async Task Every_query_on_the_page_runs_and_finds_something()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        await WorldLog.Of(seed: 7).WriteAsync(database.Sink);
        await database.ExecuteAsync("UPDATE streaming.stock_movements SET occurred_at = '2022-03-01'; UPDATE streaming.account_movements SET occurred_at = '2022-03-01', recorded_at = '2022-03-01'; UPDATE streaming.order_versions SET occurred_at = '2022-03-01'");
        var queries = Queries().Matches(_page).Select(match => match.Groups["sql"].Value.TrimEnd().TrimEnd(';')).ToList();

        queries.Count.ShouldBeGreaterThan(8);
        foreach (var query in queries)
        {
            var rows = await database.RowsAsync(query);
            if (!query.Contains("StockSold"))   // Nobody sells past an order in this world.
                rows.ShouldNotBeEmpty(query);
        }
    }

    [Fact]
    public async Task Every_table_and_column_on_the_page_exists_and_no_table_is_left_out()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        var columns = (await database.RowsAsync("SELECT table_name || '.' || column_name AS c FROM information_schema.columns WHERE table_schema = 'streaming_current'")).ToHashSet();
        var tables = columns.Select(column => column[..column.IndexOf('.')]).ToHashSet();
        var listed = new HashSet<string>();
        foreach (var line in _page.Split('\n').SkipWhile(line => !line.StartsWith("| table")).Skip(2).TakeWhile(line => line.StartsWith('|')))
        {
            var cells = line.Split('|');
            var named = Names().Matches(cells[1]).Select(match => match.Groups["name"].Value).ToList();
            listed.UnionWith(named);
            if (named.Count > 1)
                continue;
            foreach (var column in Names().Matches(cells[3] + cells[4]).SelectMany(match => match.Groups["name"].Value.Split(", ")))
                columns.ShouldContain($"{named[0]}.{column}");
        }

        listed.ShouldBeSubsetOf(tables);
        (await database.RowsAsync("SELECT tablename FROM pg_tables WHERE schemaname = 'streaming' AND tablename NOT LIKE '%migrations' AND tablename <> 'absent_rows'")).ShouldBe(listed, ignoreOrder: true);
    }

    [GeneratedRegex("```sql\n(?<sql>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Queries();

    [GeneratedRegex("`(?<name>[a-z_, ]+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Names();
}
