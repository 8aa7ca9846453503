using System.Globalization;
using System.Text.Json.Nodes;
using Streaming.ElasticSink.Accounts;
using Streaming.ElasticSink.Client;
using Streaming.ElasticSink.Documents;
using Streaming.ElasticSink.Fulfilment;
using Streaming.ElasticSink.Inventory;
using Streaming.ElasticSink.Orders;

namespace Streaming.ElasticSink.Querying;

/// <summary>The query API: products by words, orders by status, customer and time, an account's movements with their sums by month.</summary>
internal static class DocumentEndpoints
{
    private const int LimitByDefault = 50;
    private const int LimitMax = 1_000;

    public static void MapDocuments(this WebApplication app)
    {
        var api = app.MapGroup("").AddEndpointFilter(AnswerUnavailableAsync);
        api.MapGet("/products", SearchProductsAsync);
        api.MapGet("/products/{id}", (string id, string? atLeast, DocumentQueries queries, CancellationToken cancellationToken) => FindAsync(Products.Model, id, atLeast, queries, cancellationToken));
        api.MapGet("/orders", SearchOrdersAsync);
        api.MapGet("/orders/{id}", FindOrderAsync);
        api.MapGet("/accounts/{id}", (string id, string? atLeast, DocumentQueries queries, CancellationToken cancellationToken) => FindAsync(AccountModel.Model, id, atLeast, queries, cancellationToken));
        api.MapGet("/accounts/{id}/movements", MovementsAsync);
    }

    private static async Task<IResult> SearchProductsAsync(string? q, string? after, string? limit, DocumentQueries queries, CancellationToken cancellationToken)
    {
        if (!TryLimit(limit, out var count))
            return Refuse($"limit is '{limit}': give a whole number from 1 to {LimitMax}.");
        // Every word must be there: in the name, or in the SKU's own words.
        var body = q is null
            ? JsonNode.Parse("""{"sort":[{"sku":"asc"}]}""")!.AsObject()
            : new JsonObject
            {
                ["query"] = new JsonObject { ["bool"] = new JsonObject { ["should"] = new JsonArray(Words("name", q), Words("sku.words", q)) } },
                ["sort"] = JsonNode.Parse("""[{"_score":"desc"},{"sku":"asc"}]"""),
            };
        return await PageAsync(Products.Model, body, count, after, queries, cancellationToken);
    }

    private static async Task<IResult> SearchOrdersAsync(
        string? status, string? customer, string? from, string? to, string? after, string? limit, DocumentQueries queries, CancellationToken cancellationToken)
    {
        if (!TryLimit(limit, out var count))
            return Refuse($"limit is '{limit}': give a whole number from 1 to {LimitMax}.");
        var filter = new JsonArray();
        if (status is not null)
            filter.Add(Term("status", status));
        if (customer is not null)
            filter.Add(Term("customerId", customer));
        var range = new JsonObject();
        foreach (var (name, bound, text) in new[] { ("from", "gte", from), ("to", "lt", to) })
        {
            if (text is null)
                continue;
            if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment))
                return Refuse($"{name} is '{text}': give a date such as 2022-03-01, or a time such as 2022-03-01T10:00:00Z.");
            range[bound] = moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        }

        if (range.Count > 0)
            filter.Add(new JsonObject { ["range"] = new JsonObject { ["placedAt"] = range } });
        var body = new JsonObject { ["query"] = Filter(filter), ["sort"] = JsonNode.Parse("""[{"placedAt":"desc"},{"orderId":"asc"}]""") };
        return await PageAsync(OrderModel.Model, body, count, after, queries, cancellationToken);
    }

    private static async Task<IResult> FindOrderAsync(string id, string? atLeast, DocumentQueries queries, CancellationToken cancellationToken)
    {
        if (!TryVersion(atLeast, out var version))
            return Refuse($"atLeast is '{atLeast}': give a version, a whole number.");
        var order = await queries.FindAsync(OrderModel.Model, id, version, cancellationToken);
        if (Problem(order, id, version) is { } problem)
            return problem;
        var both = await queries.FindAsync([OrderModel.Model, FulfilmentModel.Model], id, cancellationToken);
        (order = both[0] ?? order!)["fulfilment"] = both[1];
        return Results.Json(order);
    }

    private static async Task<IResult> MovementsAsync(string id, string? after, string? limit, DocumentQueries queries, CancellationToken cancellationToken)
    {
        if (!TryLimit(limit, out var count))
            return Refuse($"limit is '{limit}': give a whole number from 1 to {LimitMax}.");
        var body = new JsonObject
        {
            ["query"] = Filter(new JsonArray(Term("accountId", id))),
            ["sort"] = JsonNode.Parse("""[{"meta.sequence":"asc"}]"""),
            ["aggs"] = JsonNode.Parse("""{"months":{"date_histogram":{"field":"occurredAt","calendar_interval":"month","min_doc_count":1},"aggs":{"amount":{"sum":{"field":"amount"}}}}}"""),
        };
        return await PageAsync(AccountModel.Movements.Naming, body, count, after, queries, cancellationToken);
    }

    private static async Task<IResult> FindAsync(ReadModel model, string id, string? atLeast, DocumentQueries queries, CancellationToken cancellationToken)
    {
        if (!TryVersion(atLeast, out var version))
            return Refuse($"atLeast is '{atLeast}': give a version, a whole number.");
        var found = await queries.FindAsync(model, id, version, cancellationToken);
        return Problem(found, id, version) ?? Results.Json(found);
    }

    private static async Task<IResult> PageAsync(ReadModel model, JsonObject body, int limit, string? after, DocumentQueries queries, CancellationToken cancellationToken)
    {
        try
        {
            var page = await queries.SearchAsync(model, body, limit, after, cancellationToken);
            return Results.Json(new JsonObject
            {
                ["items"] = new JsonArray([.. page.Items.Select(item => JsonNode.Parse(item.GetRawText()))]),
                ["next"] = page.Next,
                ["sums"] = page.Sums is { } sums ? JsonNode.Parse(sums.GetRawText()) : null,
            });
        }
        catch (Exception cause) when (after is not null && cause is FormatException or System.Text.Json.JsonException or SearchServerException { Status: 400 })
        {
            return Refuse("after is none that a page has given: take the next of the page before.");
        }
    }

    private static IResult? Problem(JsonObject? found, string id, long version)
    {
        if (DocumentQueries.VersionOf(found) is var reached && reached < version)
        {
            return Results.Problem(statusCode: StatusCodes.Status503ServiceUnavailable, title: "Not there yet",
                detail: $"{id} has version {reached} here, not yet {version}. Ask again; if it stays so, look at /health/ready of this host.");
        }

        return found is null ? Results.Problem(statusCode: StatusCodes.Status404NotFound, title: "Unknown", detail: $"{id} is not known here.") : null;
    }

    private static JsonObject Words(string field, string text) => new() { ["match"] = new JsonObject { [field] = new JsonObject { ["query"] = text, ["operator"] = "and" } } };

    private static JsonObject Term(string field, string value) => new() { ["term"] = new JsonObject { [field] = value } };

    private static JsonObject Filter(JsonArray filter) => new() { ["bool"] = new JsonObject { ["filter"] = filter } };

    private static IResult Refuse(string problem) => Results.Problem(statusCode: StatusCodes.Status400BadRequest, title: "The question cannot be read", detail: problem);

    private static bool TryLimit(string? text, out int count)
    {
        count = LimitByDefault;
        return text is null || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count is > 0 and <= LimitMax);
    }

    private static bool TryVersion(string? text, out long version)
    {
        version = 0;
        return text is null || long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out version);
    }

    private static async ValueTask<object?> AnswerUnavailableAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (Exception cause) when (cause is HttpRequestException or SearchServerException { MayPass: true })
        {
            context.HttpContext.Response.Headers.RetryAfter = "1";
            return Results.Problem(statusCode: StatusCodes.Status503ServiceUnavailable, title: "The search server cannot be asked now",
                detail: "It is away, or busy. /health/ready of this host says more.");
        }
    }
}
