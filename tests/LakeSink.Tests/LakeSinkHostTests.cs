using Microsoft.AspNetCore.Builder;
using Streaming.Avro;
using Streaming.Contracts.Inventory;
using Streaming.Fixtures;
using Streaming.Lake.Delta;
using Streaming.Lake.Storage;
using Streaming.LakeSink.Tests.Support;

namespace Streaming.LakeSink.Tests;

/// <summary>The whole host on a Kafka and a registry, over a folder.</summary>
public sealed class LakeSinkHostTests(LakeSinkHostTests.Servers servers) : IClassFixture<LakeSinkHostTests.Servers>
{
    [Fact]
    public async Task Events_of_all_contexts_become_rows_and_erased_ones_go()
    {
        using var folder = new TempFolder("lake");
        var prefix = SomeNames.Prefix();
        await using var sink = await StartAsync(prefix, folder.Path);
        var random = new Random(5);
        using var log = new EventWriter(servers.Kafka.BootstrapServers, servers.Registry.Url, prefix);
        foreach (var type in Some.EventTypes)
            await log.WriteAsync(type, Some.Record(type, random), $"aggregate-{type.Schema.Name}");
        var sku = new Sku("GONE-1");
        await log.WriteAsync(Some.EventTypes.Single(type => type.ClrType == typeof(StockReceived)), new StockReceived(sku, 3, null, null, 3, 0, DateTimeOffset.UnixEpoch.AddYears(55)), sku.Value);

        var lake = new TestLake(new LocalStore(folder.Path));
        foreach (var type in Some.EventTypes)
        {
            var expected = type.ClrType == typeof(StockReceived) ? 2 : 1;
            await Eventually.Async(async () => await CountAsync(lake, type) == expected, TimeSpan.FromSeconds(60), $"{type.FullName} is in its table");
        }
        await StopAsync(sink);

        // While nobody is there, the aggregate is erased.
        await log.EraseAsync(sku.Value);
        await using var again = await StartAsync(prefix, folder.Path);
        await Eventually.Async(async () => await HasErasuresAsync(lake), TimeSpan.FromSeconds(60), "the product is erased");
        (await lake.RowsAsync("inventory_stock_received")).Count.ShouldBe(1);
        (await lake.ErasuresAsync()).ShouldBe(["GONE-1|1|asked for by its owner"]);
        await StopAsync(again);
    }

    private static async Task<bool> HasErasuresAsync(TestLake lake) =>
        (await new DeltaLog(lake.Store, "g1/erasures/").ReadAsync(version: null, CancellationToken.None)).Exists;

    private static async Task<int> CountAsync(TestLake lake, AvroRecordType type)
    {
        var snapshot = await new DeltaLog(lake.Store, $"g1/{Tables.EventSchemas.TableOf(type.Schema)}/").ReadAsync(version: null, CancellationToken.None);
        return (int)snapshot.Files.Sum(file => FileStats.RowCount(file) ?? 0);
    }

    private async Task<WebApplication> StartAsync(string prefix, string folder)
    {
        var app = LakeSinkHost.Build(
        [
            "--urls=http://127.0.0.1:0", $"--Kafka:BootstrapServers={servers.Kafka.BootstrapServers}", $"--SchemaRegistry:Url={servers.Registry.Url}",
            $"--Topics:Prefix={prefix}", $"--Lake:Url={folder}", "--Sinks:BatchLingerMs=200", "--Logging:LogLevel:Default=Warning",
        ]);
        await app.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        var said = "";
        await Eventually.Async(async () =>
        {
            using var answer = await http.GetAsync("/health/ready");
            said = await answer.Content.ReadAsStringAsync();
            return answer.IsSuccessStatusCode && said.Contains("24 of 24 partitions run");
        }, TimeSpan.FromSeconds(60), $"all partitions run; the host says {said}");
        return app;
    }

    private static async Task StopAsync(WebApplication app) => await app.StopAsync();

    public sealed class Servers : IAsyncLifetime
    {
        public KafkaFixture Kafka { get; } = new();

        public RegistryFixture Registry { get; } = new();

        public async ValueTask InitializeAsync()
        {
            await Kafka.InitializeAsync();
            await Registry.InitializeAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await Registry.DisposeAsync();
            await Kafka.DisposeAsync();
        }
    }
}
