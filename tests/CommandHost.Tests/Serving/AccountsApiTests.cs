using Streaming.CommandHost.Tests.Running;

namespace Streaming.CommandHost.Tests.Serving;

/// <summary>Accounts over HTTP: amounts go in and come out exactly.</summary>
public sealed class AccountsApiTests(KafkaFixture kafka, SharedHost host) : IClassFixture<SharedHost>
{
    private readonly string _account = SomeNames.Name("account");

    [Fact]
    public async Task The_story_of_an_account_ends_at_its_balance()
    {
        var api = await host.OnAsync(kafka);
        var opened = await PostAsync(api, "open", """{"holder":"Damon Allison","currency":"EUR","openingBalance":500.00,"occurredAt":"2022-01-01"}""");
        opened.Status.ShouldBe(201, opened.Text);
        opened.Json.GetProperty("accountId").GetString().ShouldBe(_account);
        (await PostAsync(api, "withdraw", """{"amount":"100.00","currency":"EUR","occurredAt":"2022-01-03"}""")).Status.ShouldBe(200);
        (await PostAsync(api, "deposit", """{"amount":"800.00","currency":"EUR","occurredAt":"2022-01-02"}""")).Status.ShouldBe(200);

        var state = (await api.GetAsync($"/accounts/{_account}?atLeast=3")).Json.GetProperty("state");
        state.GetProperty("balance").GetString().ShouldBe("1200.00");
        state.GetProperty("holder").GetString().ShouldBe("Damon Allison");
        (await api.GetAsync($"/accounts/{_account}?asOfBusiness=2022-01-02")).Json.GetProperty("changes").GetRawText()
            .ShouldBe("""{"currency":"EUR","balance":"1300.00","held":"0.00"}""");
    }

    [Fact]
    public async Task Money_is_held_captured_and_refunded_for_an_order()
    {
        var api = await host.OnAsync(kafka);
        await PostAsync(api, "open", """{"holder":"H","currency":"EUR","openingBalance":"10"}""");
        (await PostAsync(api, "hold", """{"orderId":"o-1","amount":0.10,"currency":"EUR"}""")).Status.ShouldBe(200);
        (await PostAsync(api, "withdraw", """{"amount":"9.91","currency":"EUR"}""")).Code.ShouldBe("insufficient-funds");
        (await PostAsync(api, "capture", """{"orderId":"o-1"}""")).Status.ShouldBe(200);
        (await PostAsync(api, "refund", """{"orderId":"o-1"}""")).ETag.ShouldBe("\"4\"");
        (await api.GetAsync($"/accounts/{_account}?atLeast=4")).Json.GetProperty("state").GetProperty("balance").GetString().ShouldBe("10.00");
    }

    [Theory]
    [InlineData("""{"amount":"1.001","currency":"EUR"}""", "amount")]
    [InlineData("""{"amount":"0","currency":"EUR"}""", "amount")]
    [InlineData("""{"amount":"1e2","currency":"EUR"}""", "amount")]
    [InlineData("""{"amount":"1","currency":"eur"}""", "currency")]
    [InlineData("""{"amount":"1"}""", "currency")]
    public async Task An_amount_that_is_none_is_told_by_field(string body, string field)
    {
        var api = await host.OnAsync(kafka);
        var invalid = await PostAsync(api, "deposit", body);
        invalid.Status.ShouldBe(400);
        invalid.Json.GetProperty("errors").GetProperty(field).GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task An_unknown_account_is_not_found()
    {
        var unknown = await PostAsync(await host.OnAsync(kafka), "deposit", """{"amount":"1","currency":"EUR"}""");
        unknown.Status.ShouldBe(404);
        unknown.Code.ShouldBe("unknown-account");
        unknown.Json.GetProperty("accountId").GetString().ShouldBe(_account);
    }

    private Task<Answer> PostAsync(RunningHost api, string action, string body) => api.PostAsync($"/accounts/{_account}/{action}", body);
}
