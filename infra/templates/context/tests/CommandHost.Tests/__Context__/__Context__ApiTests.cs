using Streaming.CommandHost.Tests.Running;

namespace Streaming.CommandHost.Tests.__Context__;

/// <summary>The context __context__ over HTTP: from a request through Kafka and the rules to the answer, and what is read of it then.</summary>
public sealed class __Context__ApiTests(KafkaFixture kafka, SharedHost host) : IClassFixture<SharedHost>
{
    private readonly string _path = $"/__context__/{SomeNames.Name("A")}";

    [Fact]
    public async Task Commands_are_decided_and_what_came_of_them_is_read()
    {
        var api = await host.OnAsync(kafka);
        (await api.PostAsync($"{_path}/open", """{"name": "First"}""")).Status.ShouldBe(201);
        var counted = await api.PostAsync($"{_path}/count", """{"quantity": 3}""");
        (counted.Status, counted.ETag).ShouldBe((200, "\"2\""));

        var read = (await api.GetAsync($"{_path}?atLeast=2")).Json.GetProperty("state");
        read.GetProperty("name").GetString().ShouldBe("First");
        read.GetProperty("total").GetInt32().ShouldBe(3);
    }

    [Fact]
    public async Task What_the_rules_refuse_is_answered_with_the_rule()
    {
        var api = await host.OnAsync(kafka);
        var unknown = await api.PostAsync($"{_path}/count", """{"quantity": 3}""");
        (unknown.Status, unknown.Code).ShouldBe((404, "unknown-__kebab__"));
        (await api.PostAsync($"{_path}/open", """{"name": "First"}""")).Status.ShouldBe(201);
        var again = await api.PostAsync($"{_path}/open", """{"name": "Second"}""");
        (again.Status, again.Code).ShouldBe((409, "already-open"));
    }

    [Fact]
    public async Task A_command_that_is_sent_twice_under_its_key_is_done_once()
    {
        var api = await host.OnAsync(kafka);
        await api.PostAsync($"{_path}/open", """{"name": "First"}""");
        var once = await api.PostAsync($"{_path}/count", """{"quantity": 3}""", ("Idempotency-Key", "k"));
        (await api.PostAsync($"{_path}/count", """{"quantity": 3}""", ("Idempotency-Key", "k"))).ShouldBe(once);
        (await api.GetAsync($"{_path}?atLeast=2")).Json.GetProperty("version").GetInt64().ShouldBe(2);
    }

    [Fact]
    public async Task A_field_that_is_missing_is_named()
    {
        var api = await host.OnAsync(kafka);
        (await api.PostAsync($"{_path}/open", "{}")).Json.GetProperty("errors").GetProperty("name").GetArrayLength().ShouldBe(1);
    }
}
