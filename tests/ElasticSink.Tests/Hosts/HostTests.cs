using System.Net;
using System.Text;
using System.Text.Json;
using Streaming.Contracts;
using Streaming.Contracts.Control;
using Streaming.Contracts.Fulfilment;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Orders;
using Streaming.ElasticSink.Inventory;
using Streaming.ElasticSink.Tests.Support;
using Streaming.Fixtures;
using Streaming.Sinks.DeadLetters;

namespace Streaming.ElasticSink.Tests.Hosts;

/// <summary>The whole host: its queries, its dead letters, and a server that is busy.</summary>
public sealed class HostTests(EmbeddedHostServers servers) : IClassFixture<EmbeddedHostServers>
{
    private static readonly DateTimeOffset Day = new(2022, 3, 15, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Documents_are_searched_summed_up_and_waited_for()
    {
        await using var installation = new Installation(servers);
        await using var host = await installation.StartAsync(("Elastic__AtLeastWaitMs", "30000"));
        var order = new OrderId("order-1");
        var (customer, account, currency) = (new CustomerId("customer-1"), new AccountId("12345"), new Currency("USD"));
        await installation.Log.WriteAsync(
        [
            .. Some.StockEvents(productCount: 12, eventCount: 36).Select(recorded => recorded.Record), .. Some.AccountEvents("12345").Select(recorded => recorded.Record),
            new OrderPlaced(OrderId: order, CustomerId: customer, AccountId: account, Currency: currency, Lines: [new OrderLine(new Sku("SKU-3"), 2, 10m)], Total: 20m, Revision: 1,
                Reason: "needed", Reference: null, OccurredAt: Day, Channel: null),
            new FulfilmentStarted(OrderId: order, CustomerId: customer, AccountId: account, Currency: currency, Lines: [], Total: 20m, Revision: 1, Attempt: 1,
                Deadline: Day.AddDays(1), OccurredAt: Day),
        ]);

        // Waits until it is there.
        var product = await host.GetAsync("/products/SKU-3?atLeast=3");
        (product.GetProperty("onHand").GetInt32(), product.GetProperty("meta").GetProperty("sequence").GetInt64()).ShouldBe((5, 3));
        (await host.GetAsync("/accounts/12345?atLeast=3")).GetProperty("balance").GetDecimal().ShouldBe(1200m);
        var placed = await host.GetAsync("/orders/order-1?atLeast=1");
        placed.GetProperty("lines")[0].GetProperty("sku").GetString().ShouldBe("SKU-3");
        await Eventually.Async(async () => (await host.GetAsync("/orders/order-1")).GetProperty("fulfilment").ValueKind == JsonValueKind.Object, Eventually.DefaultDeadline, "the order has its fulfilment");
        await installation.AwaitPassedAsync(installation.Log.Written.Count, () => "");
        await installation.VerifyAsync("");   // Refreshes every index, too.

        (await SkusAsync(host, "/products?q=widget%207")).ShouldBe(["SKU-7"]);
        (await SkusAsync(host, "/products?q=sku-11")).ShouldContain("SKU-11");
        (await SkusAsync(host, "/products?q=nonsense")).ShouldBeEmpty();
        var first = await host.GetAsync("/products?limit=10");
        var second = await host.GetAsync($"/products?limit=10&after={Uri.EscapeDataString(first.GetProperty("next").GetString()!)}");
        (first.GetProperty("items").GetArrayLength(), second.GetProperty("items").GetArrayLength()).ShouldBe((10, 2));
        second.GetProperty("next").ValueKind.ShouldBe(JsonValueKind.Null);

        var movements = await host.GetAsync("/accounts/12345/movements?limit=2");
        movements.GetProperty("items").GetArrayLength().ShouldBe(2);
        movements.GetProperty("sums").GetProperty("months").GetProperty("buckets").EnumerateArray()
            .Select(month => month.GetProperty("amount").GetProperty("value").GetDouble()).ShouldBe([400, 800]);

        (await host.GetAsync("/orders?status=Placed&customer=customer-1&from=2022-03-15&to=2022-03-16")).GetProperty("items").GetArrayLength().ShouldBe(1);
        (await host.GetAsync("/orders?status=Placed&from=2022-03-16")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Wrong_questions_are_refused_and_what_is_not_there_yet_is_said()
    {
        await using var installation = new Installation(servers);
        await using var host = await installation.StartAsync(("Elastic__AtLeastWaitMs", "50"));
        await installation.Log.WriteAsync(Some.StockEvents(1, 2).Select(recorded => recorded.Record));
        await installation.AwaitPassedAsync(2, () => "");
        foreach (var (path, status, detail) in new[]
        {
            ("/products/NONE", HttpStatusCode.NotFound, "NONE is not known"), ("/orders/NONE", HttpStatusCode.NotFound, "NONE is not known"),
            ("/products/SKU-0?atLeast=x", HttpStatusCode.BadRequest, "atLeast is 'x'"), ("/products?limit=0", HttpStatusCode.BadRequest, "from 1 to 1000"),
            ("/products?after=x", HttpStatusCode.BadRequest, "after is none"), ("/orders?from=yesterday", HttpStatusCode.BadRequest, "from is 'yesterday'"),
            ("/products/SKU-0?atLeast=9", HttpStatusCode.ServiceUnavailable, "has version 2 here, not yet 9"),
        })
        {
            using var answer = await host.Http.GetAsync(path);
            (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType).ShouldBe((status, "application/problem+json"), path);
            JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("detail").GetString()!.ShouldContain(detail);
        }
    }

    [Fact]
    public async Task What_the_server_refuses_is_parked_and_is_redriven_once_it_is_taken_or_discarded()
    {
        await using var node = await GrowingServer.StartAsync(requestBytesMax: 64 << 10);
        await using var installation = new Installation(servers, node.Url);
        // A narrow mapping, as another build might have it.
        var index = Products.Model.IndexOf(installation.To.Settings);
        var narrow = Products.Model.Definition(1).Replace("\"onHand\":{\"type\":\"integer\"}", "\"onHand\":{\"type\":\"byte\"}", StringComparison.Ordinal);
        (await installation.To.Client.SendAsync(HttpMethod.Put, index, Encoding.UTF8.GetBytes(narrow), CancellationToken.None)).Dispose();
        await using var host = await installation.StartAsync();
        var (large, many) = (new Sku("LARGE"), new Sku("MANY"));
        await installation.Log.WriteAsync(
            new ProductRegistered(large, new string('x', 100_000), null, null, 0, 0, Day), new StockReceived(large, 5, null, null, 5, 0, Day),
            new ProductRegistered(many, "Many", null, null, 0, 0, Day), new StockReceived(many, 1_000, null, null, 1_000, 0, Day));
        await host.AwaitHealthAsync("3 dead letters wait");
        // By itself its document would be taken: it waits behind the one that was not.
        await installation.Log.WriteAsync([new StockSold(many, 990, null, null, 10, 0, Day), .. Some.StockEvents(3, 9).Select(recorded => recorded.Record)]);
        await host.AwaitHealthAsync("4 dead letters wait");
        (await host.GetAsync("/products/SKU-2?atLeast=3")).GetProperty("onHand").GetInt32().ShouldBe(5);
        using var control = installation.Control();
        var letters = (await control.DeadLettersAsync("elastic-sink", default)).ToLookup(letter => letter.Key!.AsSpan().StartsWith("LARGE"u8));
        letters[true].First().Reason.ShouldContain("is refused");
        letters[false].First().Reason.ShouldContain("mapper_parsing_exception");

        // Still refused: it stays where it is. Then left out, and what waited behind it is handled.
        (await AskAsync(control, SinkRequestKind.Redrive, letters[false].First())).IsDone.ShouldBeFalse();
        (await AskAsync(control, SinkRequestKind.Discard, letters[false].First())).IsDone.ShouldBeTrue();
        (await AskAsync(control, SinkRequestKind.Redrive, letters[false].Last())).IsDone.ShouldBeTrue();
        (await host.GetAsync("/products/MANY?atLeast=3")).GetProperty("onHand").GetInt32().ShouldBe(10);

        // The server takes more from now on.
        await node.GrowAsync();
        foreach (var letter in letters[true])
            (await AskAsync(control, SinkRequestKind.Redrive, letter)).ShouldSatisfyAllConditions(answer => answer.IsDone.ShouldBeTrue(answer.Message));
        (await host.GetAsync("/products/LARGE?atLeast=2")).GetProperty("onHand").GetInt32().ShouldBe(5);
        (await control.DeadLettersAsync("elastic-sink", default)).ShouldAllBe(letter => letter.State != DeadLetterState.Waiting);
    }

    [Fact]
    public async Task A_server_that_is_busy_or_cut_off_is_tried_again_and_nothing_is_lost()
    {
        var seed = Environment.TickCount;
        await using var busy = await BusyServer.StartAsync(servers.Search.Url, seed, troubleCount: 60);
        await using var installation = new Installation(servers);
        await using var host = await installation.StartAsync(("Elastic__Url", busy.Url), ("Elastic__Compresses", "true"), ("Sinks__BatchEventsMax", "20"));
        foreach (var some in Some.StockEvents(25, 800).Select(recorded => recorded.Record).Concat(Some.AccountEvents("1").Select(recorded => recorded.Record)).Chunk(50))
            await installation.Log.WriteAsync(some);
        await installation.AwaitPassedAsync(installation.Log.Written.Count, () => $"seed {seed}");
        await installation.VerifyAsync($"seed {seed}");
        busy.Troubles.Count.ShouldBeGreaterThan(2, $"seed {seed}");
        busy.IsPacked.ShouldBeTrue();
        await host.AwaitHealthAsync("24 of 24 partitions run, 0 offsets to go");
    }

    private static async Task<SinkAnswer> AskAsync(Streaming.Sinks.Control.ControlClient control, SinkRequestKind kind, DeadLetter letter) =>
        (await control.AskAsync(
            "elastic-sink", new SinkRequest(Guid.CreateVersion7().ToString(), kind, "an operator", DateTimeOffset.UnixEpoch, "a test", [new SinkTarget(letter.Topic, letter.Partition, letter.Offset)]),
            Eventually.DefaultDeadline, default)).Single();

    private static async Task<List<string>> SkusAsync(RunningHost host, string path) =>
        [.. (await host.GetAsync(path)).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("sku").GetString()!)];
}
