using Microsoft.Extensions.Options;
using Streaming.Contracts.Topics;
using Streaming.Hosting;
using Streaming.Lake.Storage;
using Streaming.LakeSink.Generations;
using Streaming.LakeSink.Maintenance;
using Streaming.Sinks;
using Streaming.Sinks.Generations;

namespace Streaming.LakeSink;

/// <summary>The lake sink, wired.</summary>
public static class LakeSinkHost
{
    /// <summary>Builds the host; settings come from arguments, appsettings and environment.</summary>
    public static WebApplication Build(string[] args)
    {
        var builder = SinkHost.CreateBuilder(args);
        builder.Services.AddOptions<LakeOptions>().BindConfiguration(LakeOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton(OpenStore);
        builder.Services.AddOptions<SinkOptions>().Configure(WriteSeldom);
        builder.Services.AddSink<DeltaSink>([.. TopicCatalogue.All]);
        builder.Services.AddSingleton(services => (DeltaSink)services.GetRequiredService<ISink>());
        builder.Services.AddSingleton<LakeGenerations>();
        builder.Services.AddSingleton<ISinkGenerations>(services => services.GetRequiredService<LakeGenerations>());
        builder.Services.AddHostedService<LakeMaintenance>();

        var app = builder.Build();
        app.UseStreamingHost();
        return app;
    }

    /// <summary>What the section <c>Sinks</c> says wins over these.</summary>
    // A commit per batch: small batches would make thousands of tiny files, which readers open one by one.
    private static void WriteSeldom(SinkOptions options)
    {
        options.BatchEventsMax = 50_000;
        options.BatchBytesMax = 16 * 1024 * 1024;
        options.BatchLingerMs = 60_000;
        options.QueueRecordsMax = 50_000;
        options.GroupCommitIntervalMs = 60_000;
        options.StallAfterMs = 300_000;
    }

    private static ITableStore OpenStore(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<LakeOptions>>().Value;
        return TableStores.Open(options.Url, new S3Settings(options.S3ServiceUrl, options.S3Region, options.S3AccessKey, options.S3SecretKey));
    }
}
