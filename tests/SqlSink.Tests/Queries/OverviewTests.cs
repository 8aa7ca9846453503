using System.Text.Json;
using Streaming.Avro;
using Streaming.Contracts;
using Streaming.Contracts.Accounts;
using Streaming.Contracts.Fulfilment;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Orders;
using Streaming.Fixtures;

namespace Streaming.SqlSink.Tests.Queries;

/// <summary>An order with its stock, payment and fulfilment, whichever of them arrived first, or not at all.</summary>
public sealed class OverviewTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly DateTimeOffset _at = new(2022, 3, 15, 10, 0, 0, TimeSpan.Zero);
    private static readonly OrderId _order = new("ORD-1");
    private static readonly (AccountId Id, Currency Euro, CustomerId Customer) _who = (new("12345"), new("EUR"), new("customer-1"));
    private static readonly Sku _widget = new("XYZ-1");

    private static readonly Dictionary<string, (string Id, IAvroRecord[] Happened)> _contexts = new()
    {
        ["orders"] = ("ORD-1",
        [
            new OrderPlaced(_order, _who.Customer, _who.Id, _who.Euro, [new OrderLine(_widget, 2, 10.5m)], 21, 1, null, null, _at),
            new OrderAccepted(_order, _who.Customer, _who.Id, _who.Euro, [new OrderLine(_widget, 2, 10.5m)], 21, 1, null, _at),
        ]),
        ["inventory"] = ("XYZ-1",
        [
            new ProductRegistered(_widget, "Widget", null, null, 0, 0, _at), new StockReceived(_widget, 9, null, null, 9, 0, _at),
            new StockReserved(_widget, _order, 2, null, 9, 2, _at), new StockShipped(_widget, _order, 2, null, 7, 0, _at),
        ]),
        ["accounts"] = ("12345",
        [
            new AccountOpened(_who.Id, "Damon Allison", _who.Euro, 100, null, null, 1, 100, 0, _at),
            new FundsHeld(_who.Id, _order, 21, _who.Euro, null, 100, 21, _at), new FundsCaptured(_who.Id, _order, 21, _who.Euro, null, 2, 79, 0, _at),
        ]),
        ["fulfilment"] = ("ORD-1",
        [
            new FulfilmentStarted(_order, _who.Customer, _who.Id, _who.Euro, [new FulfilmentLine(_widget, 2)], 21, 1, 1, _at, _at),
            new LineReserved(_order, 1, _widget, 2, 0, _at, _at), new PaymentHeld(_order, 1, _who.Id, 21, _who.Euro, _at),
            new PaymentCaptured(_order, 1, _who.Id, 21, _who.Euro, _at, _at), new LineShipped(_order, 1, _widget, 2, 0, null, _at),
            new FulfilmentCompleted(_order, 1, 21, _who.Euro, 1, _at),
        ]),
    };

    public static TheoryData<string> Orders => [.. Permutations([.. _contexts.Keys]).Select(order => string.Join(',', order))];

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task It_is_right_after_each_topic_in_any_order(string order)
    {
        await using var host = await QueryHost.StartAsync(postgres);
        var arrived = new HashSet<string>();
        foreach (var context in order.Split(','))
        {
            await host.HappensAsync(context, _contexts[context].Id, _contexts[context].Happened);
            arrived.Add(context);
            var overview = await host.GetAsync("/orders/ORD-1/overview");

            Missing(overview).ShouldBe(Expected(arrived), ignoreOrder: true, string.Join(',', arrived));
            Text(overview, "status").ShouldBe(arrived.Contains("orders") ? "Accepted" : null);
            Text(overview, "accountId").ShouldBe(arrived is { Count: 1 } && arrived.Contains("inventory") ? null : "12345");
            Lines(overview).ShouldBe(arrived is { Count: 1 } && arrived.Contains("accounts") ? [] :
            [
                $"XYZ-1 {(arrived.Contains("orders") || arrived.Contains("fulfilment") ? 2 : 0)} {(arrived.Contains("orders") ? "10.5" : "null")} 0 {(arrived.Contains("inventory") ? 2 : 0)}",
            ]);
            var payment = overview.GetProperty("payment");
            payment.GetProperty("status").GetString().ShouldBe(arrived.Contains("accounts") ? "Captured" : "None");
            payment.GetProperty("captured").GetDecimal().ShouldBe(arrived.Contains("accounts") ? 21 : 0);
            overview.GetProperty("fulfilment").ValueKind.ShouldBe(arrived.Contains("fulfilment") ? JsonValueKind.Object : JsonValueKind.Null);
        }

        var whole = await host.GetAsync("/orders/ORD-1/overview?atLeast=2");
        whole.GetProperty("total").GetDecimal().ShouldBe(21);
        whole.GetProperty("fulfilment").GetProperty("phase").GetString().ShouldBe("Completed");
        whole.GetProperty("versions").GetRawText().ShouldBe("""{"order":2,"fulfilment":6}""");
    }

    [Fact]
    public async Task What_is_under_way_is_not_missed()
    {
        await using var host = await QueryHost.StartAsync(postgres);
        await host.HappensAsync("orders", "ORD-1", _contexts["orders"].Happened[0]);
        await host.HappensAsync("fulfilment", "ORD-1", _contexts["fulfilment"].Happened[0]);
        Missing(await host.GetAsync("/orders/ORD-1/overview")).ShouldBeEmpty();

        await host.HappensAsync("inventory", "XYZ-1", _contexts["inventory"].Happened[..3]);
        var reserved = await host.GetAsync("/orders/ORD-1/overview");
        Lines(reserved).ShouldBe(["XYZ-1 2 10.5 2 0"]);

        await host.HappensAsync("accounts", "12345", _contexts["accounts"].Happened[..2]);
        var payment = (await host.GetAsync("/orders/ORD-1/overview")).GetProperty("payment");
        (Text(payment, "status"), payment.GetProperty("held").GetDecimal(), payment.GetProperty("captured").GetDecimal()).ShouldBe(("Held", 21m, 0m));
    }

    [Fact]
    public async Task A_hold_that_was_released_and_a_capture_that_was_refunded_are_told_apart()
    {
        await using var host = await QueryHost.StartAsync(postgres);
        var released = new FundsReleased(_who.Id, _order, 21, _who.Euro, null, 100, 0, _at);
        await host.HappensAsync("accounts", "12345", [.. _contexts["accounts"].Happened[..2], released]);
        Text((await host.GetAsync("/orders/ORD-1/overview")).GetProperty("payment"), "status").ShouldBe("Released");

        await host.HappensAsync(
            "accounts", "12345", new FundsHeld(_who.Id, _order, 21, _who.Euro, null, 100, 21, _at), new FundsCaptured(_who.Id, _order, 21, _who.Euro, null, 2, 79, 0, _at),
            new EntryReversed(_who.Id, 21, _who.Euro, 2, _order, null, null, 3, 100, 0, _at));
        var payment = (await host.GetAsync("/orders/ORD-1/overview")).GetProperty("payment");
        (Text(payment, "status"), payment.GetProperty("captured").GetDecimal(), payment.GetProperty("refunded").GetDecimal()).ShouldBe(("Refunded", 21m, 21m));
    }

    [Theory]
    [InlineData("", "Accepted", 2)]
    [InlineData("?asOfSequence=1", "Placed", 1)]
    [InlineData("?asOf=2022-03-15", "Accepted", 2)]
    [InlineData("?asOfRecorded=2030-01-01T00:00:00Z", "Placed", 1)]
    public async Task An_order_is_answered_as_it_stood(string question, string status, long version)
    {
        await using var host = await QueryHost.StartAsync(postgres);
        await host.HappensAsync("orders", "ORD-1", _contexts["orders"].Happened);

        var answer = await host.GetAsync("/orders/ORD-1" + question);

        (Text(answer, "status"), answer.GetProperty("version").GetInt64()).ShouldBe((status, version));
        answer.GetProperty("lines").GetRawText().ShouldBe("""[{"sku":"XYZ-1","quantity":2,"unitPrice":10.5}]""");
        (await host.GetAsync("/orders/ORD-1/history")).GetProperty("items").EnumerateArray().Select(item => Text(item, "status")).ShouldBe(["Placed", "Accepted"]);
        (await host.Database.RowsAsync("SELECT sku, quantity, unit_price, amount FROM streaming_current.order_lines")).ShouldBe(["XYZ-1|2|10.5000|21.0000"]);
    }

    [Fact]
    public async Task Fulfilment_is_answered_step_by_step()
    {
        await using var host = await QueryHost.StartAsync(postgres);
        await host.HappensAsync("fulfilment", "ORD-1", _contexts["fulfilment"].Happened);

        (await host.GetAsync("/fulfilment/ORD-1/history")).GetProperty("items").EnumerateArray().Select(item => $"{Text(item, "step")} {Text(item, "phase")}")
            .ShouldBe(["started Reserving", "reserve/XYZ-1 Holding", "hold Holding", "capture Shipping", "ship/XYZ-1 Shipping", "completed Completed"]);
        Text(await host.GetAsync("/fulfilment/ORD-1?asOfSequence=3"), "phase").ShouldBe("Holding");
        (await host.GetAsync("/fulfilment/ORD-1")).GetProperty("shipped").GetRawText().ShouldBe("""[{"sku":"XYZ-1","quantity":2}]""");
    }

    private static List<string> Expected(HashSet<string> arrived)
    {
        var missing = new List<string>();
        if (!arrived.Contains("orders"))
            missing.Add("order");
        if (!arrived.Contains("fulfilment"))
            missing.Add("fulfilment");
        if (arrived.Contains("fulfilment") && !arrived.Contains("inventory"))
            missing.Add("stock/XYZ-1");
        if (arrived.Contains("fulfilment") && !arrived.Contains("accounts"))
            missing.Add("payment");
        return missing;
    }

    private static IEnumerable<string[]> Permutations(string[] items) => items.Length < 2
        ? [items]
        : items.SelectMany(first => Permutations([.. items.Where(item => item != first)]).Select(rest => (string[])[first, .. rest]));

    private static List<string> Missing(JsonElement overview) => [.. overview.GetProperty("missing").EnumerateArray().Select(item => item.GetString()!)];

    private static List<string> Lines(JsonElement overview) =>
    [
        .. overview.GetProperty("lines").EnumerateArray().Select(line =>
            $"{Text(line, "sku")} {line.GetProperty("quantity")} {line.GetProperty("unitPrice").GetRawText()} {line.GetProperty("reserved")} {line.GetProperty("shipped")}"),
    ];

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
