using System.Text.Json;
using Streaming.CommandHost.Tests.Running;
using Streaming.Commands.Tests.Running;

namespace Streaming.CommandHost.Tests.Reading;

/// <summary>What readers of the log are told.</summary>
public sealed class ReadingApiTests(KafkaFixture kafka, SharedHost host) : IClassFixture<SharedHost>
{
    private readonly string _sku = SomeNames.Name("sku");

    [Fact]
    public async Task An_aggregate_is_its_events_folded()
    {
        var api = await StoryAsync();
        var answer = await api.GetAsync($"/inventory/{_sku}?atLeast=4");
        answer.Status.ShouldBe(200, answer.Text);
        answer.ETag.ShouldBe("\"4\"");
        var state = answer.Json.GetProperty("state");
        state.GetProperty("onHand").GetInt32().ShouldBe(105);
        state.GetProperty("reserved").GetInt32().ShouldBe(3);
        state.GetProperty("reservations")[0].GetRawText().ShouldBe("""{"orderId":"o-1","quantity":3}""");
        answer.Json.GetProperty("sku").GetString().ShouldBe(_sku);
        answer.Json.GetProperty("position").GetString().ShouldNotBeNull().ShouldContain("inventory.events-");
    }

    [Fact]
    public async Task An_unchanged_aggregate_is_not_sent_again()
    {
        var api = await StoryAsync();
        (await api.GetAsync($"/inventory/{_sku}?atLeast=4", ("If-None-Match", "\"4\""))).Status.ShouldBe(304);
        (await api.GetAsync($"/inventory/{_sku}", ("If-None-Match", "\"3\""))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Events_come_page_by_page_with_all_that_is_known_of_them()
    {
        var api = await StoryAsync();
        var (seen, link) = (new List<JsonElement>(), $"/inventory/{_sku}/events?from=1&limit=3&atLeast=4");
        for (var pages = 0; link is not null; pages++)
        {
            pages.ShouldBeLessThan(2);
            var page = await api.GetAsync(link);
            page.Status.ShouldBe(200, page.Text);
            seen.AddRange(page.Json.GetProperty("events").EnumerateArray());
            link = page.Json.TryGetProperty("next", out var next) ? next.GetString() : null;
        }

        seen.Select(happened => happened.GetProperty("sequence").GetInt64()).ShouldBe([1, 2, 3, 4]);
        var received = seen[1];
        received.GetProperty("type").GetString().ShouldBe("streaming.inventory.StockReceived");
        received.GetProperty("commandId").GetString().ShouldBe("c-2");
        received.GetProperty("correlationId").GetString().ShouldBe("delivery 17");
        received.GetProperty("occurredAt").GetDateTimeOffset().ShouldBe(DateTimeOffset.Parse("2022-03-15T00:00:00Z", null));
        received.GetProperty("data").GetProperty("quantity").GetInt32().ShouldBe(100);
        received.GetProperty("data").GetProperty("reason").GetString().ShouldBe("late news");
    }

    [Fact]
    public async Task As_of_a_sequence_is_a_fold_of_the_first_events()
    {
        var api = await StoryAsync();
        var answer = await api.GetAsync($"/inventory/{_sku}?atLeast=4&asOfSequence=2");
        answer.Json.GetProperty("version").GetInt64().ShouldBe(2);
        answer.Json.GetProperty("state").GetProperty("onHand").GetInt32().ShouldBe(100);
        (await api.GetAsync($"/inventory/{_sku}/events?asOfSequence=2")).Json.GetProperty("events").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task As_recorded_is_what_was_known_then()
    {
        var api = await StoryAsync();
        var all = (await api.GetAsync($"/inventory/{_sku}/events?atLeast=4")).Json.GetProperty("events");
        var time = all[2].GetProperty("recordedAt").GetString();
        var known = all.EnumerateArray().Count(happened => happened.GetProperty("recordedAt").GetDateTimeOffset() <= all[2].GetProperty("recordedAt").GetDateTimeOffset());
        (await api.GetAsync($"/inventory/{_sku}?asOfRecorded={time}")).Json.GetProperty("version").GetInt64().ShouldBe(known);
        (await api.GetAsync($"/inventory/{_sku}?asOfRecorded=2020-01-01")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task As_of_a_business_date_is_a_sum_of_changes_and_says_so()
    {
        var api = await StoryAsync();
        // The events of 15 and 10 March are recorded in this order; by 12 March only the second had happened.
        var answer = await api.GetAsync($"/inventory/{_sku}?atLeast=4&asOfBusiness=2022-03-12");
        answer.Json.GetProperty("changes").GetRawText().ShouldBe("""{"onHand":5,"reserved":0}""");
        answer.Json.GetProperty("eventCount").GetInt32().ShouldBe(1);
        answer.Json.GetProperty("meaning").GetString().ShouldNotBeNull().ShouldContain("in sum");
        (await api.GetAsync($"/inventory/{_sku}/events?asOfBusiness=2022-03-15")).Json.GetProperty("events")
            .EnumerateArray().Select(happened => happened.GetProperty("sequence").GetInt64()).ShouldBe([2, 3]);
    }

    [Theory]
    [InlineData("asOfSequence=x", "asOfSequence")]
    [InlineData("asOfSequence=1&asOfRecorded=2022-01-01", "asOfRecorded")]
    [InlineData("asOfBusiness=yesterday", "asOfBusiness")]
    [InlineData("limit=0", "limit")]
    [InlineData("from=0", "from")]
    [InlineData("atLeast=-1", "atLeast")]
    public async Task A_question_that_cannot_be_read_is_refused_by_field(string query, string field)
    {
        var api = await host.OnAsync(kafka);
        var refused = await api.GetAsync($"/inventory/{_sku}/events?{query}");
        refused.Status.ShouldBe(400);
        refused.Json.GetProperty("errors").GetProperty(field).GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Who_asks_for_nothing_known_is_told()
    {
        var api = await host.OnAsync(kafka);
        (await api.GetAsync($"/inventory/{_sku}")).Status.ShouldBe(404);
        (await api.GetAsync($"/inventory/{_sku}/events")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_version_that_does_not_come_in_time_is_told()
    {
        await using var api = await (await RunningHost.StartAsync(kafka, settings: ("Commands:Reading:Wait", "00:00:00.100"))).ReadyAsync();
        await api.PostAsync("/inventory/A/register", """{"name":"Widget"}""");
        var answer = await api.GetAsync("/inventory/A?atLeast=2");
        answer.Status.ShouldBe(503);
        answer.Code.ShouldBe("not-yet");
    }

    [Fact]
    public async Task An_erased_aggregate_is_gone()
    {
        var api = await host.OnAsync(kafka);
        await api.PostAsync($"/inventory/{_sku}/register", """{"name":"Widget"}""");
        (await api.PostAsync($"/inventory/{_sku}/erase", """{"reason":"the law"}""")).Code.ShouldBe("not-closed");
        await api.PostAsync($"/inventory/{_sku}/discontinue", "{}");
        (await api.GetAsync($"/inventory/{_sku}?atLeast=2")).Status.ShouldBe(200);
        (await api.PostAsync($"/inventory/{_sku}/erase", "{}")).Status.ShouldBe(400);
        (await api.PostAsync($"/inventory/{_sku}/erase", """{"reason":"the law"}""")).Status.ShouldBe(200);
        await Eventually.Async(async () => (await api.GetAsync($"/inventory/{_sku}")).Status == 410, Eventually.DefaultDeadline, "erased");
        (await api.GetAsync($"/inventory/{_sku}/events")).Code.ShouldBe("erased");
        (await api.PostAsync($"/inventory/{_sku}/register", """{"name":"Widget"}""")).Status.ShouldBe(410);
    }

    [Fact]
    public async Task A_host_that_starts_on_a_full_log_answers_for_it()
    {
        var (prefix, registry) = (SomeNames.Prefix(), new MemoryRegistry());
        await using (var first = await (await RunningHost.StartAsync(kafka, prefix, registry)).ReadyAsync())
        {
            await first.PostAsync("/inventory/A/register", """{"name":"Widget"}""");
            for (var i = 0; i < 30; i++)
                await first.PostAsync("/inventory/A/receive", """{"quantity":1}""");
        }

        await using var second = await (await RunningHost.StartAsync(kafka, prefix, registry)).ReadyAsync();
        (await second.GetAsync("/inventory/A")).Json.GetProperty("state").GetProperty("onHand").GetInt32().ShouldBe(30);
    }

    [Fact]
    public async Task A_host_without_reading_takes_commands_only()
    {
        await using var api = await (await RunningHost.StartAsync(kafka, settings: ("Commands:Reading:Enabled", "false"))).ReadyAsync();
        (await api.PostAsync("/inventory/A/register", """{"name":"Widget"}""")).Status.ShouldBe(201);
        (await api.GetAsync("/inventory/A")).Status.ShouldBe(404);
    }

    private async Task<RunningHost> StoryAsync()
    {
        var api = await host.OnAsync(kafka);
        await api.PostAsync($"/inventory/{_sku}/register", """{"name":"Widget"}""", ("Idempotency-Key", "c-1"));
        await api.PostAsync($"/inventory/{_sku}/receive", """{"quantity":100,"reason":"late news","occurredAt":"2022-03-15"}""",
            ("Idempotency-Key", "c-2"), ("X-Correlation-Id", "delivery 17"));
        await api.PostAsync($"/inventory/{_sku}/adjust", """{"quantity":5,"occurredAt":"2022-03-10"}""", ("Idempotency-Key", "c-3"));
        (await api.PostAsync($"/inventory/{_sku}/reserve", """{"quantity":3,"orderId":"o-1"}""", ("Idempotency-Key", "c-4"))).ETag.ShouldBe("\"4\"");
        return api;
    }
}
