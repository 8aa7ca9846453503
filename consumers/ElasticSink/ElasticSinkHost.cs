using Microsoft.Extensions.Options;
using Streaming.Contracts.Topics;
using Streaming.ElasticSink.Client;
using Streaming.ElasticSink.Generations;
using Streaming.ElasticSink.Querying;
using Streaming.Hosting;
using Streaming.Sinks;
using Streaming.Sinks.Generations;

namespace Streaming.ElasticSink;

/// <summary>The Elastic sink with its query API, wired.</summary>
public static class ElasticSinkHost
{
    /// <summary>Builds the host; settings come from arguments, appsettings and environment.</summary>
    public static WebApplication Build(string[] args)
    {
        var builder = SinkHost.CreateBuilder(args);
        builder.Services.AddOptions<ElasticOptions>().BindConfiguration(ElasticOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<SearchClient>();
        builder.Services.AddSingleton(services => services.GetRequiredService<IOptions<ElasticOptions>>().Value);
        builder.Services.AddSingleton<ISinkGenerations, ElasticGenerations>();
        builder.Services.AddSingleton<DocumentQueries>();
        builder.Services.AddSink<ElasticSearchSink>(TopicCatalogue.Inventory, TopicCatalogue.Orders, TopicCatalogue.Fulfilment, TopicCatalogue.Accounts);

        var app = builder.Build();
        app.UseStreamingHost();
        app.MapDocuments();
        return app;
    }
}
