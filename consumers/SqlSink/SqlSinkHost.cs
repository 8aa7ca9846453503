using Streaming.Hosting;
using Streaming.Sinks;
using Streaming.Sinks.Sql;
using Streaming.SqlSink.Querying;

namespace Streaming.SqlSink;

/// <summary>The SQL sink with its query API, wired.</summary>
public static class SqlSinkHost
{
    /// <summary>Builds the host; settings come from arguments, appsettings and environment.</summary>
    public static WebApplication Build(string[] args)
    {
        var builder = SinkHost.CreateBuilder(args);
        builder.AddSqlSink(Tables.All);
        builder.Services.AddQueries();

        var app = builder.Build();
        app.UseStreamingHost();
        app.MapQueries();
        return app;
    }
}
