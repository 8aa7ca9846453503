using System.Net.Http.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Local.Mail;

namespace Streaming.Local.Tests;

/// <summary>The stack's mail service shows what customers would have been told.</summary>
public sealed class MailServerTests
{
    [Fact]
    public async Task A_message_is_shown_and_the_same_request_sends_it_once()
    {
        await using var server = await MailServer.StartAsync(port: 0, NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None);
        using var http = new HttpClient();
        foreach (var key in new[] { "first", "first", "second" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, server.Url)
            {
                Headers = { { "Idempotency-Key", key } },
                Content = JsonContent.Create(new { customerId = "C-17", subject = "Order ORD-1 is accepted", text = $"{key} key" }),
            };
            using var answer = await http.SendAsync(request);
            answer.EnsureSuccessStatusCode();
        }

        var sent = await http.GetFromJsonAsync<List<SentMessage>>(server.Url);

        sent!.Select(message => message.Text).ShouldBe(["first key", "second key"]);
        sent![0].ShouldBe(new SentMessage("C-17", "Order ORD-1 is accepted", "first key", sent[0].SentAt));
    }
}
