using Streaming.Hosting;
using Streaming.Sinks.Sql;
using Streaming.SqlSink.Accounts;
using Streaming.SqlSink.Analytics;
using Streaming.SqlSink.Fulfilment;
using Streaming.SqlSink.Inventory;
using Streaming.SqlSink.Orders;
using Streaming.SqlSink.Overview;
using Streaming.SqlSink.Querying;

namespace Streaming.SqlSink;

/// <summary>The SQL sink with its query API, wired.</summary>
public static class SqlSinkHost
{
    /// <summary>Builds the host; settings come from arguments, appsettings and environment.</summary>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddStreamingHost();
        builder.AddSqlSink(Tables.All);
        builder.Services.AddOptions<QueryOptions>().BindConfiguration(QueryOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<ReadDatabase>();
        builder.Services.AddSingleton<VersionWait>();
        builder.Services.AddSingleton<AggregateQueries<StockAnswer, TimelineEntry>, StockQueries>();
        builder.Services.AddSingleton<AggregateQueries<AccountAnswer, AccountEntry>, AccountQueries>();
        builder.Services.AddSingleton<AggregateQueries<OrderAnswer, OrderEntry>, OrderQueries>();
        builder.Services.AddSingleton<AggregateQueries<FulfilmentAnswer, FulfilmentStep>, FulfilmentQueries>();
        builder.Services.AddSingleton<OverviewQuery>();
        builder.Services.AddSingleton<SaleIntervals>();

        var app = builder.Build();
        app.UseStreamingHost();
        new AggregateEndpoints<StockAnswer, TimelineEntry>("/stock", "product", "SKU").Map(app);
        new AggregateEndpoints<AccountAnswer, AccountEntry>("/accounts", "account", "account id").Map(app);
        new AggregateEndpoints<OrderAnswer, OrderEntry>("/orders", "order", "order id").Map(app);
        new AggregateEndpoints<FulfilmentAnswer, FulfilmentStep>("/fulfilment", "fulfilment", "order id").Map(app);
        app.MapOverview();
        app.MapAnalytics();
        return app;
    }
}
