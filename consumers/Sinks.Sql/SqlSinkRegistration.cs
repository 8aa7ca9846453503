using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Streaming.Hosting;
using Streaming.Sinks.Generations;
using Streaming.Sinks.Sql.Database;
using Streaming.Sinks.Sql.Generations;

namespace Streaming.Sinks.Sql;

/// <summary>Adds a SQL sink to a host, or makes one that is nothing else.</summary>
public static class SqlSinkRegistration
{
    // Each context has a handful of statements; what is prepared is neither parsed nor planned again.
    private const int PreparedStatementsMin = 96;

    /// <summary>Runs a host that is this sink and nothing else, until it is stopped.</summary>
    /// <returns>What the process exits with.</returns>
    public static Task<int> RunAsync(string[] args, SqlSinkDefinition definition)
    {
        var builder = SinkHost.CreateBuilder(args);
        builder.AddSqlSink(definition);
        var app = builder.Build();
        app.UseStreamingHost();
        return app.RunSinkHostAsync();
    }

    /// <summary>The sink with its worker, health and metrics; an <see cref="NpgsqlDataSource"/> for queries, and <see cref="SqlGenerations"/>.</summary>
    public static WebApplicationBuilder AddSqlSink(this WebApplicationBuilder builder, SqlSinkDefinition definition)
    {
        builder.Logging.AddFilter("Npgsql", LogLevel.Warning);   // It has a line for each statement; failures reach the log through the worker.
        builder.Services.Configure<DatabaseOptions>(options => options.Schema = definition.Schema);
        builder.Services.AddOptions<DatabaseOptions>().BindConfiguration(DatabaseOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton(definition);
        builder.Services.AddSingleton(services => CreateDataSource(services, definition));
        builder.Services.AddSingleton<SqlGenerations>();
        builder.Services.AddSingleton<ISinkGenerations>(services => services.GetRequiredService<SqlGenerations>());
        builder.Services.AddSink<PostgresSink>([.. definition.Contexts.Select(context => context.Topics)]);
        return builder;
    }

    private static NpgsqlDataSource CreateDataSource(IServiceProvider services, SqlSinkDefinition definition)
    {
        var connection = ConnectionStrings.Parse(services.GetRequiredService<IOptions<DatabaseOptions>>().Value.ConnectionString);
        connection.MaxAutoPrepare = Math.Max(connection.MaxAutoPrepare, PreparedStatementsMin);
        connection.ApplicationName ??= "streaming-" + definition.Name;
        return new NpgsqlDataSourceBuilder(connection.ConnectionString).UseLoggerFactory(services.GetRequiredService<ILoggerFactory>()).Build();
    }
}
