using System.Text.Json;
using Streaming.CommandHost.Tests.Describing;
using Streaming.CommandHost.Tests.Fulfilment;
using Streaming.CommandHost.Tests.Running;

namespace Streaming.CommandHost.Tests.Orders;

/// <summary>Placing an order and waiting for what becomes of it, decided by all contexts of one host; and the story that is told of it.</summary>
public sealed class OrderFlowTests(KafkaFixture kafka, FulfillingHost host) : IClassFixture<FulfillingHost>
{
    private readonly string _sku = SomeNames.Name("sku");
    private readonly string _account = SomeNames.Name("account");
    private readonly string _key = SomeNames.Name("basket");

    [Fact]
    public async Task An_order_that_can_be_fulfilled_is_accepted_under_its_number_and_its_story_has_every_step()
    {
        var api = await SupplyAsync(stock: 10, balance: "100.00");
        var accepted = await PlaceAsync(api, "C-1", quantity: 4);
        accepted.Status.ShouldBe(201, accepted.Text);
        var number = accepted.Json.GetProperty("orderId").GetString()!;
        number.ShouldStartWith("ORD-");
        accepted.Json.GetProperty("total").GetString().ShouldBe("40.00");
        (await DescriptionAsync(api)).Tells(accepted);

        var story = await StoryAsync(api, number, "completed");
        Steps(story).ShouldBe([
            ("1/reserve/" + _sku, "inventory", "done"), ("1/hold", "accounts", "done"), ($"{number}@1", "risk-check", "done"),
            ("1/accept", "orders", "done"), ("1/capture", "accounts", "done"), ("1/ship/" + _sku, "inventory", "done"),
        ]);
        story.GetProperty("events").EnumerateArray().Select(happened => happened.GetProperty("type").GetString()).ShouldBe([
            "FulfilmentStarted", "LineReserved", "PaymentHeld", "RiskCheckRequested", "RiskApproved", "FulfilmentAccepted", "PaymentCaptured",
            "LineShipped", "FulfilmentCompleted",
        ]);
        TimesAgree(story);
        (await PlaceAsync(api, "C-1", quantity: 4)).ShouldBe(accepted);
    }

    [Theory]
    [InlineData(1, "100.00", "C-1", "insufficient-stock", "1 available")]
    [InlineData(10, "39.99", "C-1", "insufficient-funds", "39.99")]
    [InlineData(10, "100.00", FulfillingHost.Blocked, "risk-declined", "Too good to be true.")]
    public async Task An_order_that_cannot_be_fulfilled_is_rejected_with_the_reason_and_everything_is_undone(
        int stock, string balance, string customer, string code, string saying)
    {
        var api = await SupplyAsync(stock, balance);
        var rejected = await PlaceAsync(api, customer, quantity: 4);
        rejected.Status.ShouldBe(409, rejected.Text);
        rejected.Code.ShouldBe(code);
        rejected.Detail.ShouldNotBeNull().ShouldContain(saying);
        (await DescriptionAsync(api)).Tells(rejected);

        var story = await StoryAsync(api, rejected.Json.GetProperty("orderId").GetString()!, "rolledBack");
        story.GetProperty("rollback").GetProperty("code").GetString().ShouldBe(code);
        Steps(story).ShouldContain(step => step.Outcome == "refused");
        Steps(story).ShouldAllBe(step => step.Outcome == "refused" || step.Outcome == "done");
        TimesAgree(story);
        (await api.GetAsync($"/inventory/{_sku}")).Json.GetProperty("state").GetProperty("reserved").GetInt32().ShouldBe(0);
        (await api.GetAsync($"/accounts/{_account}")).Json.ToString().ShouldContain($"\"balance\":\"{balance}\"");
    }

    [Fact]
    public async Task Who_waits_too_short_gets_the_number_and_learns_the_rest_later()
    {
        var customer = SomeNames.Name("slow");
        host.Slow(customer);
        var api = await SupplyAsync(stock: 10, balance: "100.00");
        var open = await PlaceAsync(api, customer, quantity: 4, wait: 1);
        open.Status.ShouldBe(202, open.Text);
        open.Json.GetProperty("status").GetString().ShouldBe("open");
        (await DescriptionAsync(api)).Tells(open);
        var number = open.Json.GetProperty("orderId").GetString()!;

        var waiting = await StoryAsync(api, number, "checkingRisk");
        waiting.GetProperty("deadline").GetDateTime().ShouldBeGreaterThan(waiting.GetProperty("startedAt").GetDateTime());
        waiting.TryGetProperty("endedAt", out _).ShouldBeFalse();
        var check = waiting.GetProperty("steps").EnumerateArray().Last();
        check.GetProperty("outcome").GetString().ShouldBe("waiting");
        check.TryGetProperty("durationMs", out _).ShouldBeFalse();

        host.Release(customer);
        var accepted = await PlaceAsync(api, customer, quantity: 4);
        accepted.Status.ShouldBe(201, accepted.Text);
        accepted.Json.GetProperty("orderId").GetString().ShouldBe(number);
        accepted.Location.ShouldBe(open.Location);
    }

    [Fact]
    public async Task Nothing_is_told_of_an_order_that_nobody_placed()
    {
        var unknown = await (await host.OnAsync(kafka)).GetAsync($"/orders/{SomeNames.Name("order")}/fulfilment");
        unknown.Status.ShouldBe(404);
    }

    private async Task<RunningHost> SupplyAsync(int stock, string balance)
    {
        var api = await host.OnAsync(kafka);
        (await api.PostAsync($"/inventory/{_sku}/register", """{"name":"Lamp"}""")).Status.ShouldBe(201);
        (await api.PostAsync($"/inventory/{_sku}/receive", $$"""{"quantity":{{stock}}}""")).Status.ShouldBe(200);
        (await api.PostAsync($"/accounts/{_account}/open", $$"""{"holder":"Damon Allison","currency":"EUR","openingBalance":"{{balance}}"}""")).Status.ShouldBe(201);
        return api;
    }

    private Task<Answer> PlaceAsync(RunningHost api, string customer, int quantity, int wait = 60) => api.PostAsync(
        "/orders",
        $$"""{"customerId":"{{customer}}","accountId":"{{_account}}","currency":"EUR","lines":[{"sku":"{{_sku}}","quantity":{{quantity}},"unitPrice":"10.00"}]}""",
        ("Idempotency-Key", _key), ("Prefer", $"wait={wait}"));

    private static async Task<Description> DescriptionAsync(RunningHost api) => new((await api.GetAsync("/openapi/v1.json")).Json, "/orders", "post");

    private static async Task<JsonElement> StoryAsync(RunningHost api, string number, string phase)
    {
        Answer? told = null;
        await Eventually.Async(
            async () => (told = await api.GetAsync($"/orders/{number}/fulfilment")).Status == 200 && told.Json.GetProperty("phase").GetString() == phase,
            TimeSpan.FromSeconds(60), $"fulfilment of {number} is {phase}");
        return told!.Json;
    }

    private static List<(string? Request, string? Context, string? Outcome)> Steps(JsonElement story) =>
        [.. story.GetProperty("steps").EnumerateArray().Select(step => (
            step.GetProperty("request").GetString(), step.GetProperty("context").GetString(), step.GetProperty("outcome").GetString()))];

    // All times are those at which events were recorded, so they only go forward, and each step lies within the whole.
    private static void TimesAgree(JsonElement story)
    {
        var (started, ended) = (story.GetProperty("startedAt").GetDateTime(), story.GetProperty("endedAt").GetDateTime());
        story.GetProperty("durationMs").GetDouble().ShouldBe((ended - started).TotalMilliseconds, tolerance: 0.5);
        var recorded = story.GetProperty("events").EnumerateArray().Select(happened => happened.GetProperty("recordedAt").GetDateTime()).ToList();
        recorded.ShouldBeInOrder();
        (recorded[0], recorded[^1]).ShouldBe((started, ended));
        foreach (var step in story.GetProperty("steps").EnumerateArray())
        {
            var (asked, answered) = (step.GetProperty("askedAt").GetDateTime(), step.GetProperty("endedAt").GetDateTime());
            asked.ShouldBeInRange(started, ended);
            answered.ShouldBeInRange(asked, ended);
            step.GetProperty("durationMs").GetDouble().ShouldBe((answered - asked).TotalMilliseconds, tolerance: 0.5);
        }
    }
}
