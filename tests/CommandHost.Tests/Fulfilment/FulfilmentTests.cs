using Microsoft.AspNetCore.Http;
using Streaming.CommandHost.Tests.Running;

namespace Streaming.CommandHost.Tests.Fulfilment;

/// <summary>An order on its way through all contexts of one host, with an external service that is not always well.</summary>
public sealed class FulfilmentTests(KafkaFixture kafka)
{
    [Fact]
    public async Task An_approved_order_is_paid_and_shipped()
    {
        await using var risk = await ScriptedRiskService.StartAsync();
        await using var host = await StartAsync(risk);
        await PlaceAsync(host, stock: 10, quantity: 4, balance: "100.00");

        await EndsAsync(host, "completed");

        (await host.GetAsync("/inventory/ABC-7")).Json.ToString().ShouldContain("\"onHand\":6");
        (await host.GetAsync("/accounts/12345")).Json.ToString().ShouldContain("\"balance\":\"60.00\"");
        (await host.GetAsync("/orders/ORD-1")).Json.ToString().ShouldContain("\"accepted\"");
        var asked = risk.Asked.ShouldHaveSingleItem();
        asked.GetProperty("orderId").GetString().ShouldBe("ORD-1");
        asked.GetProperty("total").GetString().ShouldBe("40.0000");
        asked.GetProperty("currency").GetString().ShouldBe("EUR");
        (await host.GetAsync("/fulfilment/open")).Json.GetProperty("fulfilments").GetArrayLength().ShouldBe(0);
        (await host.GetAsync("/fulfilment/stuck")).Json.GetProperty("fulfilments").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_declined_order_is_rejected_and_leaves_nothing_behind()
    {
        await using var risk = await ScriptedRiskService.StartAsync();
        risk.Answer = (_, _) => Task.FromResult(ScriptedRiskService.Says("declined", "Too good to be true."));
        await using var host = await StartAsync(risk);
        await PlaceAsync(host, stock: 10, quantity: 4, balance: "100.00");

        await EndsAsync(host, "rolled-back");

        (await host.GetAsync("/inventory/ABC-7")).Json.ToString().ShouldContain("\"reserved\":0");
        (await host.GetAsync("/accounts/12345")).Json.ToString().ShouldContain("\"balance\":\"100.00\"");
        (await host.GetAsync("/orders/ORD-1")).Json.ToString().ShouldContain("\"rejected\"");
    }

    [Fact]
    public async Task A_service_that_fails_for_a_while_is_asked_again()
    {
        await using var risk = await ScriptedRiskService.StartAsync();
        risk.Answer = (count, http) => count switch
        {
            1 => Task.FromResult(Results.StatusCode(StatusCodes.Status503ServiceUnavailable)),
            2 => ScriptedRiskService.NeverAsync(http),
            _ => Task.FromResult(ScriptedRiskService.Says("approved")),
        };
        await using var host = await StartAsync(risk);
        await PlaceAsync(host, stock: 10, quantity: 4, balance: "100.00");

        await EndsAsync(host, "completed");

        risk.Asked.Count.ShouldBe(3);
        risk.Asked.Select(asked => asked.GetProperty("checkId").GetString()).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_service_that_never_answers_is_unavailable_before_the_deadline_passes()
    {
        await using var risk = await ScriptedRiskService.StartAsync();
        risk.Answer = (_, http) => ScriptedRiskService.NeverAsync(http);
        await using var host = await StartAsync(risk, ("Fulfilment:RiskTimeout", "00:00:06"));
        await PlaceAsync(host, stock: 10, quantity: 4, balance: "100.00");

        await EndsAsync(host, "rolled-back");

        (await host.GetAsync("/fulfilment/ORD-1")).Json.ToString().ShouldContain("unavailable");
    }

    [Fact]
    public async Task An_operator_may_resume_only_what_is_stuck()
    {
        await using var risk = await ScriptedRiskService.StartAsync();
        risk.Answer = (_, http) => ScriptedRiskService.NeverAsync(http);
        await using var host = await StartAsync(risk);
        (await host.PostAsync("/fulfilment/ORD-1/resume", "{}")).Status.ShouldBe(404);
        await PlaceAsync(host, stock: 10, quantity: 4, balance: "100.00");
        await Eventually.Async(() => !risk.Asked.IsEmpty, Eventually.DefaultDeadline, "the risk check is asked");

        var noRefund = await host.PostAsync("/fulfilment/ORD-1/give-up-refund", """{"decidedBy":"Anna Berg","reason":"paid out"}""");
        (noRefund.Status, noRefund.Code).ShouldBe((409, "no-refund"));
        (await host.PostAsync("/fulfilment/ORD-1/give-up-refund", """{"reason":"paid out"}""")).Json.GetProperty("errors").GetProperty("decidedBy").GetArrayLength().ShouldBe(1);
        var open = (await host.GetAsync("/fulfilment/open")).Json.GetProperty("fulfilments");
        (await host.PostAsync("/fulfilment/ORD-1/resume", """{"reason":"try"}""")).Status.ShouldBe(409);
        (await host.PostAsync("/fulfilment/ORD-1/cancel", """{"reason":"the customer called"}""")).Status.ShouldBe(200);

        open.GetArrayLength().ShouldBe(1);
        open[0].GetProperty("orderId").GetString().ShouldBe("ORD-1");
        await EndsAsync(host, "rolled-back");
    }

    private async Task<RunningHost> StartAsync(ScriptedRiskService risk, params (string, string)[] settings) => await (await RunningHost.StartAsync(
        kafka, settings: [
            ("Commands:Roles:Fulfilment", "true"), ("RiskCheck:Url", risk.Url), ("RiskCheck:CallTimeoutMs", "1000"), ("RiskCheck:RetryDelayMs", "50"),
            .. settings,
        ])).ReadyAsync();

    private static async Task PlaceAsync(RunningHost host, int stock, int quantity, string balance)
    {
        await AcceptedAsync(host.PostAsync("/inventory/ABC-7/register", """{"name":"Lamp"}"""));
        await AcceptedAsync(host.PostAsync("/inventory/ABC-7/receive", $$"""{"quantity":{{stock}}}"""));
        await AcceptedAsync(host.PostAsync("/accounts/12345/open", $$"""{"holder":"Damon Allison","currency":"EUR","openingBalance":"{{balance}}"}"""));
        await AcceptedAsync(host.PostAsync(
            "/orders/ORD-1/place",
            $$"""{"customerId":"C-17","accountId":"12345","currency":"EUR","lines":[{"sku":"ABC-7","quantity":{{quantity}},"unitPrice":"10.00"}]}"""));
    }

    private static async Task AcceptedAsync(Task<Answer> asked) => (await asked).Status.ShouldBeOneOf(200, 201);

    private static async Task EndsAsync(RunningHost host, string phase)
    {
        var last = "";
        try
        {
            await Eventually.Async(
                async () => (last = (await host.GetAsync("/fulfilment/ORD-1")).Text).Contains($"\"{phase}\"", StringComparison.Ordinal),
                TimeSpan.FromSeconds(60), $"fulfilment is {phase}");
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}; it is {last}", late);
        }
    }
}
