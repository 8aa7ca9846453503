using System.Text.Json;
using System.Text.Json.Nodes;
using Streaming.Contracts.Inventory;
using Streaming.Fixtures;
using Streaming.Lake.Storage;
using Streaming.LakeSink.Tests.Support;

namespace Streaming.LakeSink.Tests;

/// <summary>The real host over a folder, a process of its own, operated by the command line.</summary>
public sealed class RebuiltHostTests(LakeSinkHostTests.Servers servers) : IClassFixture<LakeSinkHostTests.Servers>
{
    private const string Table = "inventory_stock_sold";
    private const string Sku = "sku-1";
    private const int Sales = 40;
    private static readonly TimeSpan _deadline = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Rows_that_somebody_damaged_are_named_and_readers_see_those_that_were_derived_again()
    {
        using var folder = new TempFolder("rebuilt-lake");
        var prefix = SomeNames.Prefix();
        await using var host = NewHost(prefix, folder.Path);
        await host.StartReadyAsync(_deadline);
        using var log = new EventWriter(servers.Kafka.BootstrapServers, servers.Registry.Url, prefix);
        var random = new Random(5);
        foreach (var type in Some.EventTypes)
            await log.WriteAsync(type, Some.Record(type, random), $"aggregate-{type.Schema.Name}");
        var first = await SellAsync(log, 1, Sales);
        var lake = new TestLake(new LocalStore(folder.Path));
        await ShownAsync(lake, host, Sales);
        var streamctl = Streamctl.On(servers.Kafka.BootstrapServers, prefix);

        // Readers see one row that is wrong, none where one was, and one twice.
        await Damage.ChangeAsync(lake.Store, 1, Table, first + 5, copies: 1, quantity: 4711);
        await Damage.ChangeAsync(lake.Store, 1, Table, first + 7, copies: 0);
        await Damage.ChangeAsync(lake.Store, 1, Table, first + 9, copies: 2);

        // The first try is damaged on its way, too: it is not shown by mistake.
        (await streamctl.DoneAsync("sinks", "rebuild", "lake")).ShouldContain("Generation 2 has come to the end, and keeps up.");
        await Damage.ChangeAsync(lake.Store, 2, Table, first + 3, copies: 0);
        var differing = await streamctl.RunAsync("sinks", "verify", "lake", "--json");
        differing.ExitCode.ShouldBe(1, differing.ToString());
        Examples(differing.Output).ShouldBe(
            [$"@{first + 3} Missing", $"@{first + 5} Changed", $"@{first + 7} Added", $"@{first + 9} Doubled"], differing.ToString());
        (await streamctl.RefusedAsync("sinks", "swap", "lake")).ShouldContain("They differ");
        (await streamctl.DoneAsync("sinks", "drop", "lake", "--generation", "2")).ShouldContain("Generation 2 is gone.");

        (await streamctl.DoneAsync("sinks", "rebuild", "lake")).ShouldContain("Generation 3 has come to the end, and keeps up.");
        var proof = JsonDocument.Parse(await streamctl.DoneAsync("sinks", "verify", "lake", "--expect-changes", "--json")).RootElement;
        PartOf(proof).GetProperty("counts").EnumerateObject().Select(count => $"{count.Name} {count.Value}").ShouldBe(["Added 1", "Changed 1", "Doubled 1"], ignoreOrder: true);
        (await QuantitiesAsync(lake)).ShouldNotBe(Enumerable.Range(0, Sales));
        (await streamctl.DoneAsync("sinks", "swap", "lake", "--acknowledge", proof.GetProperty("id").GetString()!, "--reason", "somebody damaged the old one"))
            .ShouldContain("Readers see generation 3 now, and no longer generation 1.");

        (await QuantitiesAsync(lake)).ShouldBe(Enumerable.Range(0, Sales));
        (await streamctl.DoneAsync("sinks", "drop", "lake", "--generation", "1")).ShouldContain("Generation 1 is gone.");
        Directory.Exists(Path.Combine(folder.Path, "g1")).ShouldBeFalse();
        // What happens from here on is in what readers see.
        await SellAsync(log, Sales + 1, 3);
        await ShownAsync(lake, host, Sales + 3);
    }

    private static JsonElement PartOf(JsonElement proof) =>
        proof.GetProperty("comparison").GetProperty("parts").EnumerateArray().Single(part => part.GetProperty("name").GetString() == Table);

    /// <summary>Where rows differ, and how.</summary>
    private static IEnumerable<string> Examples(string proof) => PartOf(JsonDocument.Parse(proof).RootElement).GetProperty("examples").EnumerateArray()
        .Select(example => $"{example.GetProperty("key").GetString()![example.GetProperty("key").GetString()!.LastIndexOf('@')..]} {example.GetProperty("kind").GetString()}");

    private HostProcess NewHost(string prefix, string folder) => new("Streaming.LakeSink", new Dictionary<string, string>
    {
        ["Kafka__BootstrapServers"] = servers.Kafka.BootstrapServers, ["SchemaRegistry__Url"] = servers.Registry.Url, ["Topics__Prefix"] = prefix, ["Lake__Url"] = folder,
        ["Sinks__BatchLingerMs"] = "20", ["Sinks__ReportIntervalMs"] = "200", ["Logging__LogLevel__Default"] = "Warning",
    });

    /// <summary>The n-th sale is of n − 1 units.</summary>
    /// <returns>The first one's offset.</returns>
    private static async Task<long> SellAsync(EventWriter log, int number, int count)
    {
        var type = Some.EventTypes.Single(type => type.ClrType == typeof(StockSold));
        var offsets = new List<long>();
        for (var sale = number; sale < number + count; sale++)
            offsets.Add((await log.WriteAsync(type, Some.Sold(Sku, sale - 1, quantity: sale - 1).Record, Sku, sale)).Offset.Value);
        return offsets[0];
    }

    private static Task ShownAsync(TestLake lake, HostProcess host, int sales) =>
        Eventually.Async(async () => (await QuantitiesAsync(lake)).Count == sales, _deadline, $"readers see {sales} sales\n{host.Output}");

    /// <summary>Of the sales in the generation that readers are pointed at, in order of the log.</summary>
    private static async Task<List<int>> QuantitiesAsync(TestLake lake)
    {
        List<JsonObject> rows = await lake.Generations().CurrentAsync(default) is { } shown ? await lake.RowsAsync(Table, shown) : [];
        return [.. rows.Where(row => row["_aggregate_id"]!.GetValue<string>() == Sku).Select(row => row["quantity"]!.GetValue<int>())];
    }
}
