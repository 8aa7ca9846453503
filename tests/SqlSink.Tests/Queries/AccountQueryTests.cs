using System.Net;
using System.Text.Json;
using Streaming.Avro;
using Streaming.Contracts;
using Streaming.Contracts.Accounts;
using Streaming.Fixtures;

namespace Streaming.SqlSink.Tests.Queries;

public sealed class AccountQueryTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly AccountId _account = new("12345");
    private static readonly Currency _dollar = new("USD");
    private static readonly OrderId _order = new("ORD-1");

    // Recorded in this order: the withdrawal of January came late.
    private static readonly IAvroRecord[] _story =
    [
        new AccountOpened(_account, "Damon Allison", _dollar, 500, null, null, 1, 500, 0, Day(1)),
        new MoneyDeposited(_account, 800, _dollar, "salary", "transfer 7", 2, 1300, 0, Day(20), Payer: "an employer"),
        new FundsHeld(_account, _order, 60.5m, _dollar, null, 1300, 60.5m, Day(21)),
        new MoneyWithdrawn(_account, 100, _dollar, null, null, 3, 1200, 60.5m, Day(10)),
        new FundsCaptured(_account, _order, 60.5m, _dollar, null, 4, 1139.5m, 0, Day(22)),
    ];

    [Theory]
    [InlineData("", "1139.5000/0.0000/1139.5000@5")]
    [InlineData("?asOf=2022-01-09", "500.0000/0.0000/500.0000@1")]
    [InlineData("?asOf=2022-01-10", "400.0000/0.0000/400.0000@4")]
    [InlineData("?asOf=2022-01-20", "1200.0000/0.0000/1200.0000@4")]
    [InlineData("?asOf=2022-01-21", "1200.0000/60.5000/1139.5000@4")]
    [InlineData("?asOfSequence=3", "1300.0000/60.5000/1239.5000@3")]
    [InlineData("?asOfSequence=4", "1200.0000/60.5000/1139.5000@4")]
    [InlineData("?asOfRecorded=2030-01-01T00:00:02Z", "1300.0000/60.5000/1239.5000@3")]
    [InlineData("?atLeast=5", "1139.5000/0.0000/1139.5000@5")]
    public async Task A_balance_is_answered_in_all_three_times(string question, string balance)
    {
        await using var host = await QueryHost.StartAsync(postgres);
        await host.HappensAsync("accounts", "12345", _story);

        var answer = await host.GetAsync("/accounts/12345" + question);

        $"{Raw(answer, "balance")}/{Raw(answer, "held")}/{Raw(answer, "available")}@{Raw(answer, "version")}".ShouldBe(balance);
        answer.GetProperty("currency").GetString().ShouldBe("USD");
        answer.GetProperty("holder").GetString().ShouldBe("Damon Allison");
    }

    [Fact]
    public async Task Its_history_shows_each_movement_with_what_it_did()
    {
        await using var host = await QueryHost.StartAsync(postgres);
        await host.HappensAsync("accounts", "12345", _story);

        var first = await host.GetAsync("/accounts/12345/history?limit=3");
        var second = await host.GetAsync(first.GetProperty("next").GetString()!);

        first.GetProperty("items").EnumerateArray().Concat(second.GetProperty("items").EnumerateArray())
            .Select(item => $"{Raw(item, "sequence")} {Raw(item, "delta")} {Raw(item, "deltaHeld")} {item.GetProperty("orderId").GetString()} {item.GetProperty("payer").GetString()}")
            .ShouldBe(["1 500.0000 0.0000  ", "2 800.0000 0.0000  an employer", "3 0.0000 60.5000 ORD-1 ", "4 -100.0000 0.0000  ", "5 -60.5000 -60.5000 ORD-1 "]);
        second.GetProperty("items")[0].GetProperty("origin").GetProperty("causationId").GetString().ShouldBe("command-3");
        (await host.GetAsync("/accounts")).GetProperty("items").GetArrayLength().ShouldBe(1);
        (await host.Database.RowsAsync("SELECT balance, held, available FROM streaming_current.account_balances_at('2022-01-21T23:00:00Z')"))
            .ShouldBe(["1200.0000|60.5000|1139.5000"]);
    }

    [Theory]
    [InlineData("/accounts/none", HttpStatusCode.NotFound, "Unknown account")]
    [InlineData("/accounts/12345?asOf=2021-01-01", HttpStatusCode.NotFound, "Unknown account")]
    [InlineData("/accounts/12345?asOfSequence=9", HttpStatusCode.NotFound, "Unknown account")]
    [InlineData("/accounts/12345?atLeast=9", HttpStatusCode.ServiceUnavailable, "Not there yet")]
    [InlineData("/accounts/12345?asOf=soon", HttpStatusCode.BadRequest, "The question cannot be read")]
    [InlineData("/accounts?limit=0", HttpStatusCode.BadRequest, "The question cannot be read")]
    [InlineData("/orders/none", HttpStatusCode.NotFound, "Unknown order")]
    [InlineData("/orders/none/history", HttpStatusCode.NotFound, "Unknown order")]
    [InlineData("/orders/none/overview", HttpStatusCode.NotFound, "Unknown order")]
    [InlineData("/fulfilment/none", HttpStatusCode.NotFound, "Unknown fulfilment")]
    [InlineData("/analytics/time-between-sales?sku=none", HttpStatusCode.NotFound, "Unknown product")]
    [InlineData("/analytics/time-between-sales?limit=-1", HttpStatusCode.BadRequest, "The question cannot be read")]
    [InlineData("/analytics/time-between-sales?after=%00", HttpStatusCode.BadRequest, "The question cannot be read")]
    public async Task What_cannot_be_answered_is_a_problem_with_a_title(string path, HttpStatusCode status, string title)
    {
        await using var host = await QueryHost.StartAsync(postgres, "--Queries:AtLeastWaitMs=20");
        await host.HappensAsync("accounts", "12345", _story);

        using var answer = await host.Http.GetAsync(path);

        answer.StatusCode.ShouldBe(status);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("title").GetString().ShouldBe(title);
    }

    private static string Raw(JsonElement element, string name) => element.GetProperty(name).GetRawText();

    private static DateTimeOffset Day(int day) => new(2022, 1, day, 10, 0, 0, TimeSpan.Zero);
}
