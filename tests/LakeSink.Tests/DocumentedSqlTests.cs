using System.Globalization;
using System.Text.RegularExpressions;
using Streaming.Fixtures;
using Streaming.Lake.Delta;
using Streaming.Lake.Storage;
using Streaming.LakeSink.Tests.Support;

namespace Streaming.LakeSink.Tests;

/// <summary>The SQL in docs/lake.md, as it stands there.</summary>
[NeedsDuckDb]
public sealed partial class DocumentedSqlTests
{
    [ConformanceFact]
    public async Task What_the_documentation_shows_gives_the_answers_it_says()
    {
        using var folder = new TempFolder("lake");
        var lake = new TestLake(new LocalStore(folder.Path));
        var random = new Random(6);
        var type = Some.EventTypes.Single(type => type.FullName == "streaming.orders.OrderPlaced");
        for (var batch = 0; batch < 5; batch++)
        {
            var first = batch * 400;
            await lake.WriteAsync([.. Enumerable.Range(first, 400).Select(offset => offset % 100 == 0
                ? Some.Recorded(Some.Record(type, random), $"order-{offset}", offset)
                : Some.Sold("A", offset, quantity: 2))]);
        }
        // Files that were merged must not count twice.
        using (var table = new DeltaTable(lake.Store, "g1/inventory_stock_sold", TimeProvider.System))
            (await Compaction.RunAsync(table, new(FilesMin: 2), CancellationToken.None)).ShouldBeGreaterThan(2);

        var statements = SqlBlocks().Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root!, "docs", "lake.md")))
            .Select(block => block.Groups["sql"].Value.Replace("LAKE", folder.Path, StringComparison.Ordinal)).ToList();
        statements.Count.ShouldBe(3);

        var sold = await DuckDb.QueryAsync(statements[0]);
        sold.Sum(row => row["events"]!.GetValue<int>()).ShouldBe(1_980);
        sold.ShouldAllBe(row => row["sold"]!.GetValue<int>() == 2 * row["events"]!.GetValue<int>());
        sold.Select(row => row["_date"]!.GetValue<string>()).ShouldBe(["2026-11-20", "2026-11-21"]);

        var rows = await lake.RowsAsync("orders_order_placed");
        var lines = rows.SelectMany(row => row["lines"]!.AsArray()).ToList();
        var ordered = (await DuckDb.QueryAsync(statements[1])).Single();
        ordered["ordered"]!.GetValue<string>().ShouldBe(lines.Sum(line => (long)line!["quantity"]!.GetValue<int>()).ToString(CultureInfo.InvariantCulture));

        var complete = (await DuckDb.QueryAsync(statements[2])).Single();
        complete["partition"]!.GetValue<string>().ShouldBe("inventory.events-0");
        complete["complete_before"]!.GetValue<string>().ShouldBe("2000");
    }

    [GeneratedRegex("```sql\\n(?<sql>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex SqlBlocks();
}
