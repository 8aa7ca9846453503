using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Streaming.ElasticSink.Inventory;
using Streaming.ElasticSink.Tests.Support;
using Streaming.Fixtures;

namespace Streaming.ElasticSink.Tests.Hosts;

/// <summary>The real host and a search node, each a process of its own, operated by the command line.</summary>
public sealed class RebuiltHostTests(EmbeddedHostServers servers) : IClassFixture<EmbeddedHostServers>
{
    private const int EventsPerProduct = 10;
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Documents_that_somebody_damaged_are_named_and_readers_see_those_that_were_derived_again()
    {
        await using var node = await SearchProcess.StartAsync();
        await using var installation = new Installation(servers, node.Url);
        var settings = installation.Settings;
        settings["Sinks__ReportIntervalMs"] = "200";
        await using var host = new HostProcess("Streaming.ElasticSink", settings);
        await host.StartReadyAsync(Deadline);
        using var http = new HttpClient { BaseAddress = host.Url };
        await installation.Log.WriteAsync(Some.StockEvents(productCount: 20, 20 * EventsPerProduct).Concat(Some.AccountEvents("12345")).Select(recorded => recorded.Record));
        await installation.AwaitPassedAsync(installation.Log.Written.Count, () => host.Output);
        var streamctl = Streamctl.On(servers.Kafka.BootstrapServers, installation.Prefix);
        var sound = (await ProductAsync(http, "SKU-3")).GetProperty("onHand").GetInt32();

        // Readers see one document that is wrong, none where one was, and one twice.
        var shown = Products.Model.IndexOf(installation.To.Settings);
        var wrong = await installation.To.SourceAsync(shown, "SKU-3");
        wrong["onHand"] = 4711;
        await installation.To.PutAsync(shown, "SKU-3", wrong);
        await installation.To.Client.DeleteAsync($"{shown}/_doc/SKU-5", default);
        await installation.To.PutAsync(shown, "SKU-8-again", await installation.To.SourceAsync(shown, "SKU-8"));
        (await ProductAsync(http, "SKU-3")).GetProperty("onHand").GetInt32().ShouldBe(4711);

        // The first try is damaged on its way, too: it is not shown by mistake.
        (await streamctl.DoneAsync("sinks", "rebuild", "elastic")).ShouldContain("Generation 2 has come to the end, and keeps up.");
        await installation.To.Client.DeleteAsync($"{Products.Model.IndexOf(installation.To.Settings.Of(2))}/_doc/SKU-11", default);
        var differing = await streamctl.RunAsync("sinks", "verify", "elastic");
        differing.ExitCode.ShouldBe(1, differing.ToString());
        differing.Output.ShouldMatch(
            """products *│ SKU-11 *│ missing *│ \{.*(.|\n)*products *│ SKU-3 *│ changed *│ \{"onHand":4711\} *│ \{"onHand":\d+\}(.|\n)*products *│ SKU-5 *│ added *│ none(.|\n)*products *│ SKU-8 *│ doubled""");
        differing.Output.ShouldContain("4 keys differ; columns differ in 0 tables.");
        (await streamctl.RefusedAsync("sinks", "swap", "elastic")).ShouldContain("They differ");
        (await streamctl.DoneAsync("sinks", "drop", "elastic", "--generation", "2")).ShouldContain("Generation 2 is gone.");

        (await streamctl.DoneAsync("sinks", "rebuild", "elastic")).ShouldContain("Generation 3 has come to the end, and keeps up.");
        var proof = JsonDocument.Parse(await streamctl.DoneAsync("sinks", "verify", "elastic", "--expect-changes", "--json")).RootElement;
        var products = proof.GetProperty("comparison").GetProperty("parts").EnumerateArray().Single(part => part.GetProperty("name").GetString() == "products");
        products.GetProperty("counts").EnumerateObject().Select(count => $"{count.Name} {count.Value}").ShouldBe(["Added 1", "Changed 1", "Doubled 1"], ignoreOrder: true);
        (await streamctl.DoneAsync("sinks", "swap", "elastic", "--acknowledge", proof.GetProperty("id").GetString()!, "--reason", "somebody damaged the old one"))
            .ShouldContain("Readers see generation 3 now, and no longer generation 1.");

        (await ProductAsync(http, "SKU-3")).GetProperty("onHand").GetInt32().ShouldBe(sound);
        using (var restored = await http.GetAsync("/products/SKU-5"))
            restored.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await streamctl.DoneAsync("sinks", "drop", "elastic", "--generation", "1")).ShouldContain("Generation 1 is gone.");
        (await installation.To.Generations.ListAsync(default)).ShouldBe([3]);
        // What happens from here on is in what readers see.
        await installation.Log.WriteAsync(Some.StockEvents(productCount: 20, 20 * (EventsPerProduct + 1)).Skip(20 * EventsPerProduct).Select(recorded => recorded.Record));
        (await ProductAsync(http, $"SKU-5?atLeast={EventsPerProduct + 1}")).GetProperty("onHand").GetInt32().ShouldBe((await ProductAsync(http, $"SKU-6?atLeast={EventsPerProduct + 1}")).GetProperty("onHand").GetInt32());
    }

    private static Task<JsonElement> ProductAsync(HttpClient http, string sku) => http.GetFromJsonAsync<JsonElement>($"/products/{sku}");
}
