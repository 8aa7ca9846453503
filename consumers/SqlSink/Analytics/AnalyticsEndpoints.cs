using Microsoft.Extensions.Options;
using Streaming.SqlSink.Querying;

namespace Streaming.SqlSink.Analytics;

/// <summary><c>GET /analytics/time-between-sales</c>: of one product (<c>?sku=</c>), or of all, page by page.</summary>
internal static class AnalyticsEndpoints
{
    private const string Path = "/analytics/time-between-sales";

    public static void MapAnalytics(this WebApplication app) => app.MapGet(Path, TimeBetweenSalesAsync).AddEndpointFilter(Answers.UnavailableAsync);

    private static async Task<IResult> TimeBetweenSalesAsync(
        string? sku, string? after, string? limit, SaleIntervals intervals, IOptions<QueryOptions> options, CancellationToken cancellationToken)
    {
        if (!Answers.TryReadCount(limit, nameof(limit), options.Value.PageItems, options.Value.PageItemsMax, out var countMax, out var problem))
            return Answers.Refuse(problem!);
        if ((sku ?? after)?.Contains('\0', StringComparison.Ordinal) == true)
            return Answers.Refuse($"{(sku is null ? nameof(after) : nameof(sku))} is no SKU: it holds U+0000.");
        if (sku is not null)
            return await intervals.FindAsync(sku, cancellationToken) is { } found ? Results.Ok(found) : Answers.Unknown("product", sku, "is not known", "/stock");

        var items = await intervals.ListAsync(after ?? "", (int)countMax, cancellationToken);
        return Results.Ok(new Page<SaleIntervalsAnswer>(items,
            items.Count < countMax ? null : $"{Path}?after={Uri.EscapeDataString(items[^1].Sku)}&limit={countMax}"));
    }
}
