using Streaming.Fixtures;
using Streaming.SqlSink.Tests.Support;

namespace Streaming.SqlSink.Tests.Erasing;

/// <summary>The real program, killed without warning while products are purged.</summary>
public sealed class KilledWhileErasingTests(Servers servers) : IClassFixture<Servers>
{
    private const int Kills = 5;
    private const int ProductsPerLife = 12;
    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Nothing_of_what_was_purged_is_left_and_nothing_else_is_missing()
    {
        var random = new Random(7);
        await using var installation = await Installation.PrepareAsync(servers);
        await using var host = installation.Program(("Sinks__BatchEventsMax", "7"));
        var (kept, purged) = (new List<ProductHistory>(), new List<ProductHistory>());

        for (var life = 0; life <= Kills; life++)
        {
            host.Start();
            var products = Enumerable.Range(0, ProductsPerLife).Select(i => ProductHistory.Reference($"P-{life}-{i}")).ToList();
            await installation.Log.AppendAsync([.. products]);
            if (life == 0)
                await host.ReadyAsync(StartDeadline);
            foreach (var (i, product) in products.Index())
            {
                if (i % 2 == 0)
                    await installation.Log.EraseAsync(product);
                (i % 2 == 0 ? purged : kept).Add(product);
            }
            // Somewhere on the way: some rows are written, some are removed, some of neither yet.
            var removed = random.Next(life * ProductsPerLife / 2, purged.Count);
            await Eventually.Async(async () => await CountAsync(installation, "erasures") >= removed, StartDeadline, $"{removed} products are removed\n{host.Output}");
            if (life < Kills)
                await host.KillAsync();
        }

        await host.ReadyAsync(StartDeadline);
        await Eventually.Async(
            async () => await CountAsync(installation, "erasures") == purged.Count && await CountAsync(installation, "audit_log") == 8 * kept.Count,
            StartDeadline, $"everything is as it should be\n{host.Output}");
        var skus = string.Join(", ", kept.Select(product => product.Sku).Order(StringComparer.Ordinal));
        foreach (var column in new[] { "sku FROM stock", "DISTINCT sku FROM stock_movements", "DISTINCT aggregate_id FROM audit_log" })
            string.Join(", ", (await installation.Database.RowsAsync($"SELECT {column}")).Order(StringComparer.Ordinal)).ShouldBe(skus, column);
        (await installation.Database.RowsAsync("SELECT DISTINCT on_hand, version FROM stock")).ShouldBe(["190|8"]);
        (await installation.Database.RowsAsync("SELECT sku FROM stock_movements GROUP BY sku HAVING count(*) <> 8 OR max(sequence) <> 8")).ShouldBeEmpty();
        await Eventually.Async(async () => (await HealthAsync(host)).Contains("0 offsets to go"), StartDeadline, $"all is read\n{host.Output}");
    }

    private static async Task<int> CountAsync(Installation installation, string table) =>
        int.Parse((await installation.Database.RowsAsync($"SELECT count(*) AS n FROM {table}")).Single());

    private static async Task<string> HealthAsync(HostProcess host)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri(host.Url, "/health/ready"));
    }
}
