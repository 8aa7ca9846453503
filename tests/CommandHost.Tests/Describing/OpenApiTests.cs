using System.Text.Json;
using Streaming.CommandHost.Accounts;
using Streaming.CommandHost.Inventory;
using Streaming.CommandHost.Orders;
using Streaming.CommandHost.Tests.Running;

namespace Streaming.CommandHost.Tests.Describing;

/// <summary>The API's description says what the API does.</summary>
public sealed class OpenApiTests(KafkaFixture kafka, SharedHost host) : IClassFixture<SharedHost>
{
    [Fact]
    public async Task Every_path_is_described()
    {
        var paths = (await DocumentAsync()).GetProperty("paths").EnumerateObject().Select(path => path.Name).ToList();
        string[] some =
        [
            "/inventory/{id}/sell", "/inventory/{id}/discontinue", "/accounts/{id}/open", "/accounts/{id}/refund", "/orders/{id}/change", "/orders",
            "/inventory/{id}", "/orders/{id}/events", "/commands/accounts/{id}/{commandId}",
        ];
        some.ShouldBeSubsetOf(paths);
        paths.ShouldNotContain("/orders/{id}/accept");
    }

    [Fact]
    public async Task Bodies_are_described_by_what_is_read()
    {
        var schema = (await DocumentAsync()).GetProperty("paths").GetProperty("/orders").GetProperty("post")
            .GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema");
        schema.GetProperty("required").EnumerateArray().Select(name => name.GetString()).ShouldBe(["customerId", "accountId", "currency", "lines"]);
        schema.GetProperty("properties").GetProperty("lines").GetProperty("items").GetProperty("required").GetArrayLength().ShouldBe(3);
        schema.GetProperty("properties").GetProperty("customerId").GetProperty("description").GetString().ShouldBe("Who orders.");
    }

    [Fact]
    public async Task References_lead_somewhere_and_operations_have_names_of_their_own()
    {
        var document = await DocumentAsync();
        var ids = new List<string?>();
        Walk(document, element =>
        {
            if (element.TryGetProperty("$ref", out var reference))
                reference.GetString()!.Split('/').Skip(1).Aggregate(document, (at, name) => at.GetProperty(name)).ValueKind.ShouldBe(JsonValueKind.Object);
            if (element.TryGetProperty("operationId", out var id))
                ids.Add(id.GetString());
        });
        ids.Count.ShouldBeGreaterThan(20);
        ids.ShouldBeUnique();
    }

    public static TheoryData<string, string> Examples()
    {
        var examples = new TheoryData<string, string>();
        foreach (var body in InventoryApi.Definition.Commands)
            examples.Add("inventory", body.Action);
        foreach (var body in AccountsApi.Definition.Commands)
            examples.Add("accounts", body.Action);
        foreach (var body in OrdersApi.Definition.Commands)
            examples.Add("orders", body.Action);
        foreach (var context in new[] { "inventory", "accounts", "orders" })
            examples.Add(context, "erase");
        return examples;
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Every_example_is_accepted_when_it_is_pasted(string context, string action)
    {
        var api = await host.OnAsync(kafka);
        var paths = (await DocumentAsync()).GetProperty("paths");
        var id = SomeNames.Name("id");
        foreach (var step in After(context, action).Append(action))
        {
            var example = paths.GetProperty($"/{context}/{{id}}/{step}").GetProperty("post").GetProperty("requestBody")
                .GetProperty("content").GetProperty("application/json").GetProperty("example").GetRawText();
            var answer = await api.PostAsync($"/{context}/{id}/{step}", example);
            answer.Status.ShouldBeOneOf([200, 201], $"{step}: {answer.Text}");
        }
    }

    [Fact]
    public async Task What_placing_an_order_answers_is_described()
    {
        var api = await host.OnAsync(kafka);
        var placing = new Description(await DocumentAsync(), "/orders", "post");
        placing.Statuses.ShouldBe(["201", "202", "400", "401", "409", "410", "413", "415", "422", "429", "503"]);
        placing.Tells(await api.PostAsync("/orders", OrdersApi.Place.Example, ("Idempotency-Key", SomeNames.Name("key"))));
        placing.Tells(await api.PostAsync("/orders", OrdersApi.Place.Example, ("Prefer", "respond-async")));
        placing.Tells(await api.PostAsync("/orders", "{}"));
    }

    private static IReadOnlyList<string> After(string context, string action) => (context, action) switch
    {
        ("inventory", "erase") => InventoryApi.Definition.ClosedAfter,
        ("accounts", "erase") => AccountsApi.Definition.ClosedAfter,
        ("orders", "erase") => OrdersApi.Definition.ClosedAfter,
        ("inventory", _) => InventoryApi.Definition.Commands.Single(body => body.Action == action).After,
        ("accounts", _) => AccountsApi.Definition.Commands.Single(body => body.Action == action).After,
        _ => OrdersApi.Definition.Commands.Single(body => body.Action == action).After,
    };

    private static void Walk(JsonElement element, Action<JsonElement> visit)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
                Walk(item, visit);
        }

        if (element.ValueKind != JsonValueKind.Object)
            return;
        visit(element);
        foreach (var property in element.EnumerateObject())
            Walk(property.Value, visit);
    }

    private async Task<JsonElement> DocumentAsync()
    {
        var answer = await (await host.OnAsync(kafka)).GetAsync("/openapi/v1.json");
        answer.Status.ShouldBe(200);
        return answer.Json;
    }
}
