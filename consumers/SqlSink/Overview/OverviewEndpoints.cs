using Streaming.SqlSink.Orders;
using Streaming.SqlSink.Querying;

namespace Streaming.SqlSink.Overview;

/// <summary><c>GET /orders/{id}/overview</c>: an order with its stock, its payment and its fulfilment.</summary>
internal static class OverviewEndpoints
{
    public static void MapOverview(this WebApplication app) => app.MapGet("/orders/{id}/overview", FindAsync).AddEndpointFilter(Answers.UnavailableAsync);

    /// <param name="atLeast">A version of the order, to be waited for.</param>
    private static async Task<IResult> FindAsync(
        string id, string? atLeast, OverviewQuery query, AggregateQueries<OrderAnswer, OrderEntry> orders, VersionWait wait, HttpContext http,
        CancellationToken cancellationToken)
    {
        if (!Answers.TryReadCount(atLeast, nameof(atLeast), 0, long.MaxValue, out var version, out var problem))
            return Answers.Refuse(problem!);
        if (version > 0 && await wait.ForAsync(cancel => orders.VersionAsync(id, cancel), version, cancellationToken) is var reached && reached < version)
            return await GoneAsync(orders, id, cancellationToken) ?? Answers.NotYet(http, id, version, reached);
        var parts = await query.ReadAsync(id, cancellationToken);
        if (parts.IsEmpty || parts.Order is null)
        {
            if (await GoneAsync(orders, id, cancellationToken) is { } gone)
                return gone;
        }

        return parts.IsEmpty ? Answers.Unknown("order", id, "is not known", "/orders") : Results.Ok(OverviewJoin.Join(id, parts));
    }

    private static async Task<IResult?> GoneAsync(AggregateQueries<OrderAnswer, OrderEntry> orders, string id, CancellationToken cancellationToken) =>
        await orders.ErasedAtAsync(id, cancellationToken) is { } at ? Answers.Gone("order", id, at) : null;
}
