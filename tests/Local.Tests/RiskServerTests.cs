using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Local.Risk;

namespace Streaming.Local.Tests;

/// <summary>The stack's risk service does what its customers' names say.</summary>
public sealed class RiskServerTests
{
    [Theory]
    [InlineData("C-17", "12.50", """{"verdict":"approved","reason":null}""")]
    [InlineData("C-17", "1000.0100", """{"verdict":"declined","reason":"The total of 1000.0100 is above the limit of 1000."}""")]
    [InlineData("blocked-1", "12.50", """{"verdict":"declined","reason":"Customer blocked-1 is blocked."}""")]
    public async Task An_order_is_judged_by_its_customer_and_its_total(string customerId, string total, string answer)
    {
        await using var server = await RiskServer.StartAsync(port: 0, limit: 1_000, NullLoggerFactory.Instance, CancellationToken.None);
        using var http = new HttpClient();

        using var response = await http.PostAsJsonAsync(server.Url, Question(customerId, total));

        (await response.Content.ReadAsStringAsync()).ShouldBe(answer);
    }

    [Fact]
    public async Task An_unlucky_customer_finds_the_service_failing_and_a_slow_one_waits_for_ever()
    {
        await using var server = await RiskServer.StartAsync(port: 0, limit: 1_000, NullLoggerFactory.Instance, CancellationToken.None);
        using var http = new HttpClient();

        using var response = await http.PostAsJsonAsync(server.Url, Question("unlucky-1", "1"));

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        await Should.ThrowAsync<TaskCanceledException>(() => http.PostAsJsonAsync(server.Url, Question("slow-1", "1"), patience.Token));
    }

    private static object Question(string customerId, string total) =>
        new { orderId = "ORD-1", checkId = "ORD-1@1", customerId, accountId = "12345", total, currency = "EUR" };
}
