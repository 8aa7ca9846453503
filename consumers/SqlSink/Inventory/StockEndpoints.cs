using System.Globalization;
using Microsoft.Extensions.Options;
using Npgsql;
using Streaming.SqlSink.Database;

namespace Streaming.SqlSink.Inventory;

/// <summary>The query API: <c>GET /stock</c>, <c>/stock/{sku}</c>, <c>/stock/{sku}/history</c>.</summary>
internal static class StockEndpoints
{
    public static void MapStock(this WebApplication app)
    {
        var stock = app.MapGroup("/stock").AddEndpointFilter(AnswerUnavailableAsync);
        stock.MapGet("/", ListAsync);
        stock.MapGet("/{sku}", FindAsync);
        stock.MapGet("/{sku}/history", HistoryAsync);
    }

    private static async Task<IResult> FindAsync(
        string sku, string? asOf, string? asOfRecorded, string? asOfSequence, string? atLeast,
        StockQueries queries, VersionWait wait, HttpContext http, CancellationToken cancellationToken)
    {
        var moment = AsOf.Parse(asOf, asOfRecorded, asOfSequence, out var problem);
        if (problem is not null || !TryReadCount(atLeast, nameof(atLeast), 0, long.MaxValue, out var version, out problem))
            return Refuse(problem!);

        if (version > 0 && await wait.ForAsync(sku, version, cancellationToken) is var reached && reached < version)
            return await GoneAsync(queries, sku, cancellationToken) ?? NotYet(http, sku, version, reached);

        if (await queries.FindAsync(sku, moment, cancellationToken) is not { } answer)
        {
            return await GoneAsync(queries, sku, cancellationToken)
                ?? Unknown(sku, moment is AsOf.Now ? "is not known" : "was not known then, or has no such event");
        }
        return moment is AsOf.Now or AsOf.Sequence ? Tagged(http, answer) : Results.Ok(answer);
    }

    private static async Task<IResult> ListAsync(
        string? after, string? limit, StockQueries queries, IOptions<StockOptions> options, CancellationToken cancellationToken)
    {
        if (!TryReadCount(limit, nameof(limit), options.Value.PageItems, options.Value.PageItemsMax, out var countMax, out var problem))
            return Refuse(problem!);
        // PostgreSQL's text cannot hold it, so no product can be called so. In a path the server refuses it already.
        if (after?.Contains('\0', StringComparison.Ordinal) == true)
            return Refuse("after is no SKU: it holds U+0000.");
        var items = await queries.ListAsync(after ?? "", (int)countMax, cancellationToken);
        return Results.Ok(new Page<StockAnswer>(items,
            items.Count < countMax ? null : $"/stock?after={Uri.EscapeDataString(items[^1].Sku)}&limit={countMax}"));
    }

    private static async Task<IResult> HistoryAsync(
        string sku, string? after, string? limit, StockQueries queries, IOptions<StockOptions> options, CancellationToken cancellationToken)
    {
        if (!TryReadCount(limit, nameof(limit), options.Value.PageItems, options.Value.PageItemsMax, out var countMax, out var problem)
            || !TryReadCount(after, nameof(after), 0, long.MaxValue, out var sequence, out problem))
            return Refuse(problem!);
        var entries = await queries.HistoryAsync(sku, sequence, (int)countMax, cancellationToken);
        if (entries.Count == 0 && await queries.VersionAsync(sku, cancellationToken) == 0)
            return await GoneAsync(queries, sku, cancellationToken) ?? Unknown(sku, "is not known");
        return Results.Ok(new Page<TimelineEntry>(entries,
            entries.Count < countMax ? null : $"/stock/{Uri.EscapeDataString(sku)}/history?after={entries[^1].Sequence}&limit={countMax}"));
    }

    /// <summary>Strong, because a version names exactly one state of the product.</summary>
    private static IResult Tagged(HttpContext http, StockAnswer answer)
    {
        var tag = $"\"{answer.Version}\"";
        http.Response.Headers.ETag = tag;
        return http.Request.Headers.IfNoneMatch.Contains(tag) ? Results.StatusCode(StatusCodes.Status304NotModified) : Results.Ok(answer);
    }

    private static IResult NotYet(HttpContext http, string sku, long wanted, long reached)
    {
        http.Response.Headers.RetryAfter = "1";
        return Results.Problem(
            statusCode: StatusCodes.Status503ServiceUnavailable,
            title: "Not there yet",
            detail: $"{sku} has version {reached} here, not yet {wanted}. Ask again; if it stays so, look at /health/ready of this host.",
            extensions: new Dictionary<string, object?> { ["currentVersion"] = reached });
    }

    private static async Task<IResult?> GoneAsync(StockQueries queries, string sku, CancellationToken cancellationToken) =>
        await queries.ErasedAtAsync(sku, cancellationToken) is { } at
            ? Results.Problem(
                statusCode: StatusCodes.Status410Gone, title: "Erased product", detail: $"{sku} was purged whole on {at:yyyy-MM-dd}: nothing of it is kept.")
            : null;

    private static IResult Unknown(string sku, string what) => Results.Problem(
        statusCode: StatusCodes.Status404NotFound, title: "Unknown product", detail: $"{sku} {what}. GET /stock lists the products that are.");

    private static IResult Refuse(string problem) => Results.Problem(
        statusCode: StatusCodes.Status400BadRequest, title: "The question cannot be read", detail: problem);

    private static bool TryReadCount(string? text, string name, long absent, long max, out long value, out string? problem)
    {
        (value, problem) = (absent, null);
        if (text is null)
            return true;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value <= max && (value > 0 || name != "limit"))
            return true;
        problem = $"{name} is '{text}': give a whole number{(max < long.MaxValue ? $" from 1 to {max}" : "")}.";
        return false;
    }

    private static async ValueTask<object?> AnswerUnavailableAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (NpgsqlException cause) when (DatabaseFailures.MayPass(cause) || cause is PostgresException { SqlState: PostgresErrorCodes.UndefinedTable })
        {
            context.HttpContext.Response.Headers.RetryAfter = "1";
            return Results.Problem(
                statusCode: StatusCodes.Status503ServiceUnavailable,
                title: "The database cannot be asked now",
                detail: "It is away, or its tables are not made yet. /health/ready of this host says more.");
        }
    }
}
