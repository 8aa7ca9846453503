using Streaming.CommandHost.Tests.Running;
using Streaming.Commands.Tests.Running;

namespace Streaming.CommandHost.Tests;

/// <summary>What callers of the API are told, by a host that both takes and decides commands.</summary>
public sealed class InventoryApiTests(KafkaFixture kafka, SharedHost host) : IClassFixture<SharedHost>
{
    private readonly string _sku = SomeNames.Name("sku");

    [Fact]
    public async Task An_accepted_command_is_answered_with_the_version_as_ETag()
    {
        var api = await host.OnAsync(kafka);
        var registered = await api.PostAsync($"/inventory/{_sku}/register", """{"name":"Widget"}""", ("Idempotency-Key", "k-1"));
        registered.Status.ShouldBe(201);
        registered.ETag.ShouldBe("\"1\"");
        registered.Text.ShouldBe($$"""{"commandId":"k-1","sku":"{{_sku}}","version":1,"eventCount":1}""");

        var received = await api.PostAsync($"/inventory/{_sku}/receive", """{"quantity":20,"reason":"delivery","reference":"D-1","occurredAt":"2022-03-15"}""");
        received.Status.ShouldBe(200);
        received.ETag.ShouldBe("\"2\"");
    }

    [Fact]
    public async Task Every_command_has_its_path()
    {
        var api = await host.OnAsync(kafka);
        await api.PostAsync($"/inventory/{_sku}/register", """{"name":"Widget"}""");
        (string Action, string Body)[] commands =
        [
            ("receive", """{"quantity":10}"""), ("sell", """{"quantity":1}"""), ("adjust", """{"quantity":-1}"""),
            ("reserve", """{"quantity":3,"orderId":"o-1"}"""), ("release", """{"quantity":1,"orderId":"o-1"}"""),
            ("ship", """{"quantity":2,"orderId":"o-1","occurredAt":"2022-03-15T10:00:00+02:00"}"""),
        ];
        foreach (var (action, body) in commands)
            (await api.PostAsync($"/inventory/{_sku}/{action}", body)).Status.ShouldBe(200, action);
    }

    [Fact]
    public async Task The_same_key_gets_the_same_answer_byte_for_byte()
    {
        var api = await host.OnAsync(kafka);
        var once = await api.PostAsync($"/inventory/{_sku}/register", """{"name":"Widget"}""", ("Idempotency-Key", "k-1"));
        var again = await api.PostAsync($"/inventory/{_sku}/register", """{"name":"Widget"}""", ("Idempotency-Key", "k-1"));
        again.ShouldBe(once);

        var refused = await api.PostAsync($"/inventory/{_sku}/sell", """{"quantity":1}""", ("Idempotency-Key", "k-2"));
        await api.PostAsync($"/inventory/{_sku}/receive", """{"quantity":1}""");
        (await api.PostAsync($"/inventory/{_sku}/sell", """{"quantity":1}""", ("Idempotency-Key", "k-2"))).ShouldBe(refused);
    }

    [Fact]
    public async Task The_same_key_with_another_body_is_refused()
    {
        var api = await host.OnAsync(kafka);
        await api.PostAsync($"/inventory/{_sku}/register", """{"name":"Widget"}""", ("Idempotency-Key", "k-1"));
        var other = await api.PostAsync($"/inventory/{_sku}/register", """{"name":"Gadget"}""", ("Idempotency-Key", "k-1"));
        other.Status.ShouldBe(422);
        other.Code.ShouldBe("key-reused");
    }

    [Fact]
    public async Task A_stale_version_is_answered_with_the_current_one()
    {
        var api = await host.OnAsync(kafka);
        await api.PostAsync($"/inventory/{_sku}/register", """{"name":"Widget"}""");
        (await api.PostAsync($"/inventory/{_sku}/receive", """{"quantity":1}""", ("If-Match", "\"1\""))).Status.ShouldBe(200);
        var stale = await api.PostAsync($"/inventory/{_sku}/receive", """{"quantity":1}""", ("If-Match", "1"));
        stale.Status.ShouldBe(412);
        stale.ETag.ShouldBe("\"2\"");
        stale.ContentType.ShouldBe("application/problem+json");
        stale.Detail.ShouldNotBeNull().ShouldContain("current version is 2");
    }

    [Theory]
    [InlineData("sell", """{"quantity":1}""", 409, "insufficient-stock")]
    [InlineData("register", """{"name":"Again"}""", 409, "already-registered")]
    [InlineData("ship", """{"quantity":1,"orderId":"o-1"}""", 409, "insufficient-reservation")]
    [InlineData("adjust", """{"quantity":-1}""", 409, "below-reserved")]
    public async Task What_the_rules_refuse_is_a_problem_with_its_code(string action, string body, int status, string code)
    {
        var api = await host.OnAsync(kafka);
        await api.PostAsync($"/inventory/{_sku}/register", """{"name":"Widget"}""");
        var refused = await api.PostAsync($"/inventory/{_sku}/{action}", body);
        refused.Status.ShouldBe(status);
        refused.Code.ShouldBe(code);
        refused.Json.GetProperty("version").GetInt64().ShouldBe(1);
    }

    [Fact]
    public async Task An_unknown_product_is_not_found()
    {
        var api = await host.OnAsync(kafka);
        var refused = await api.PostAsync($"/inventory/{_sku}/sell", """{"quantity":1}""");
        refused.Status.ShouldBe(404);
        refused.Code.ShouldBe("unknown-sku");
    }

    [Theory]
    [InlineData("sell", """{"quantity":-1}""", "quantity")]
    [InlineData("sell", """{"quantity":"1"}""", "quantity")]
    [InlineData("sell", """{"quantity":1.5}""", "quantity")]
    [InlineData("sell", """{"quantity":99999999999}""", "quantity")]
    [InlineData("sell", """{}""", "quantity")]
    [InlineData("adjust", """{"quantity":0}""", "quantity")]
    [InlineData("sell", """{"quantity":1,"quantty":2}""", "quantty")]
    [InlineData("sell", """{"quantity":1,"reason":7}""", "reason")]
    [InlineData("sell", """{"quantity":1,"occurredAt":"yesterday"}""", "occurredAt")]
    [InlineData("sell", """{"quantity":1,"occurredAt":"2022-03-15T10:00:00"}""", "occurredAt")]
    [InlineData("register", """{"name":" "}""", "name")]
    [InlineData("reserve", """{"quantity":1}""", "orderId")]
    [InlineData("reserve", """{"quantity":1,"orderId":"a b"}""", "orderId")]
    public async Task An_invalid_field_is_named(string action, string body, string field)
    {
        var api = await host.OnAsync(kafka);
        var invalid = await api.PostAsync($"/inventory/{_sku}/{action}", body);
        invalid.Status.ShouldBe(400);
        invalid.Json.GetProperty("errors").GetProperty(field).GetArrayLength().ShouldBe(1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"quantity":1,"quantity":2}""")]
    public async Task A_body_that_is_no_JSON_object_is_refused(string body)
    {
        var api = await host.OnAsync(kafka);
        var malformed = await api.PostAsync($"/inventory/{_sku}/sell", body);
        malformed.Status.ShouldBe(400);
        malformed.Code.ShouldBe("malformed-json");
    }

    [Theory]
    [InlineData("If-Match", "\"one\"")]
    [InlineData("If-Match", "\"1\", \"2\"")]
    [InlineData("If-Match", "-1")]
    [InlineData("Idempotency-Key", "")]
    public async Task An_invalid_header_is_named(string name, string value)
    {
        var api = await host.OnAsync(kafka);
        var invalid = await api.PostAsync($"/inventory/{_sku}/sell", """{"quantity":1}""", (name, value));
        invalid.Status.ShouldBe(400);
        invalid.Json.GetProperty("errors").GetProperty(name).GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused()
    {
        var api = await host.OnAsync(kafka);
        (await api.PostAsync($"/inventory/{_sku}/sell", $$"""{"reason":"{{new string('x', 20_000)}}"}""")).Status.ShouldBe(413);
    }

    [Fact]
    public async Task Who_does_not_wait_finds_the_result_under_a_link()
    {
        var api = await host.OnAsync(kafka);
        var pending = await api.PostAsync(
            $"/inventory/{_sku}/register", """{"name":"Widget"}""", ("Prefer", "wait=0"), ("Idempotency-Key", "a/b c"));
        pending.Status.ShouldBe(202);
        var link = pending.Location.ShouldNotBeNull();

        await Eventually.Async(async () => (await api.GetAsync(link)).Status == 200, Eventually.DefaultDeadline, "result under its link");
        (await api.GetAsync(link)).Text.ShouldBe($$"""{"commandId":"a/b c","sku":"{{_sku}}","status":"accepted","version":1,"eventCount":1}""");
        (await api.GetAsync($"/commands/inventory/{_sku}/never-sent")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Callers_with_the_same_key_at_the_same_time_get_the_same_answer()
    {
        var api = await host.OnAsync(kafka);
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ =>
            api.PostAsync($"/inventory/{_sku}/register", """{"name":"Widget"}""", ("Idempotency-Key", "k-1"))));
        answers.Distinct().ShouldHaveSingleItem().Status.ShouldBe(201);
    }

    [Fact]
    public async Task Of_concurrent_writers_who_expect_one_version_exactly_one_wins()
    {
        var api = await host.OnAsync(kafka);
        await api.PostAsync($"/inventory/{_sku}/register", """{"name":"Widget"}""");
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ =>
            api.PostAsync($"/inventory/{_sku}/receive", """{"quantity":1}""", ("If-Match", "\"1\""))));
        answers.Count(answer => answer.Status == 200).ShouldBe(1);
        answers.Count(answer => answer.Status == 412).ShouldBe(9);
    }

    [Fact]
    public async Task An_answer_is_the_same_from_another_host_and_after_a_restart()
    {
        var (prefix, registry) = (SomeNames.Prefix(), new MemoryRegistry());
        Answer once;
        await using (var first = await (await RunningHost.StartAsync(kafka, prefix, registry)).ReadyAsync())
            once = await first.PostAsync("/inventory/A/register", """{"name":"Widget"}""", ("Idempotency-Key", "k-1"));

        // Results from before the start are not read back here, so the processor answers from its log.
        await using var second = await (await RunningHost.StartAsync(
            kafka, prefix, registry, ("Commands:Api:ResultsReadBack", "00:00:00"))).ReadyAsync();
        (await second.PostAsync("/inventory/A/register", """{"name":"Widget"}""", ("Idempotency-Key", "k-1"))).ShouldBe(once);
    }

    [Fact]
    public async Task A_host_that_only_takes_commands_is_answered_by_one_that_only_decides()
    {
        var (prefix, registry) = (SomeNames.Prefix(), new MemoryRegistry());
        await using var api = await (await RunningHost.StartAsync(kafka, prefix, registry, ("Commands:Roles:Processor", "false"))).ReadyAsync();
        (await api.PostAsync("/inventory/A/register", """{"name":"Widget"}""", ("Prefer", "wait=0"))).Status.ShouldBe(202);

        await using var processor = await (await RunningHost.StartAsync(kafka, prefix, registry, ("Commands:Roles:Api", "false"))).ReadyAsync();
        (await api.PostAsync("/inventory/A/receive", """{"quantity":1}""")).Status.ShouldBe(200);
        (await processor.PostAsync("/inventory/A/receive", """{"quantity":1}""")).Status.ShouldBe(404);
    }
}
