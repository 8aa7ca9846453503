using Streaming.SqlSink.Accounts;
using Streaming.SqlSink.Analytics;
using Streaming.SqlSink.Fulfilment;
using Streaming.SqlSink.Inventory;
using Streaming.SqlSink.Orders;
using Streaming.SqlSink.Overview;

namespace Streaming.SqlSink.Querying;

/// <summary>All questions over HTTP, wired.</summary>
internal static class QueryApi
{
    public static void AddQueries(this IServiceCollection services)
    {
        services.AddOptions<QueryOptions>().BindConfiguration(QueryOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ReadDatabase>();
        services.AddSingleton<VersionWait>();
        services.AddSingleton<AggregateQueries<StockAnswer, TimelineEntry>, StockQueries>();
        services.AddSingleton<AggregateQueries<AccountAnswer, AccountEntry>, AccountQueries>();
        services.AddSingleton<AggregateQueries<OrderAnswer, OrderEntry>, OrderQueries>();
        services.AddSingleton<AggregateQueries<FulfilmentAnswer, FulfilmentStep>, FulfilmentQueries>();
        services.AddSingleton<OverviewQuery>();
        services.AddSingleton<SaleIntervals>();
    }

    public static void MapQueries(this WebApplication app)
    {
        new AggregateEndpoints<StockAnswer, TimelineEntry>("/stock", "product", "SKU").Map(app);
        new AggregateEndpoints<AccountAnswer, AccountEntry>("/accounts", "account", "account id").Map(app);
        new AggregateEndpoints<OrderAnswer, OrderEntry>("/orders", "order", "order id").Map(app);
        new AggregateEndpoints<FulfilmentAnswer, FulfilmentStep>("/fulfilment", "fulfilment", "order id").Map(app);
        app.MapOverview();
        app.MapAnalytics();
    }
}
