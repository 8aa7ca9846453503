using Microsoft.Extensions.Options;
using Npgsql;
using Streaming.Contracts.Topics;
using Streaming.Hosting;
using Streaming.Sinks;
using Streaming.SqlSink.Database;
using Streaming.SqlSink.Inventory;

namespace Streaming.SqlSink;

/// <summary>The SQL sink with its query API, wired.</summary>
public static class SqlSinkHost
{
    /// <summary>Builds the host; settings come from arguments, appsettings and environment.</summary>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddStreamingHost();
        builder.Logging.AddFilter("Npgsql", LogLevel.Warning);   // It has a line for each statement; failures reach the log through the worker.
        builder.Services.AddOptions<DatabaseOptions>().BindConfiguration(DatabaseOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddOptions<StockOptions>().BindConfiguration(StockOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton(CreateDataSource);
        builder.Services.AddSingleton<StockQueries>();
        builder.Services.AddSingleton<VersionWait>();
        builder.Services.AddSink<PostgresSink>(TopicCatalogue.Inventory);

        var app = builder.Build();
        app.UseStreamingHost();
        app.MapStock();
        return app;
    }

    private static NpgsqlDataSource CreateDataSource(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<DatabaseOptions>>().Value;
        var connection = ConnectionStrings.Parse(options.ConnectionString);
        connection.SearchPath = options.Schema;
        connection.MaxAutoPrepare = Math.Max(connection.MaxAutoPrepare, 32);
        connection.ApplicationName ??= "streaming-sql-sink";
        return new NpgsqlDataSourceBuilder(connection.ConnectionString).UseLoggerFactory(services.GetRequiredService<ILoggerFactory>()).Build();
    }
}
