using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Streaming.Avro;
using Streaming.Commands.Health;
using Streaming.Commands.Processing;
using Streaming.Commands.Records;
using Streaming.Contracts;
using Streaming.Hosting;
using Streaming.Serdes.Registry;

namespace Streaming.Commands;

/// <summary>Registers command processors with a host.</summary>
public static class CommandServices
{
    /// <summary>Has the host decide a context's commands, sharing their partitions with all other hosts that do.</summary>
    public static IServiceCollection AddCommandProcessor<TCommand, TEvent, TState>(
        this IServiceCollection services, CommandContext<TCommand, TEvent, TState> context)
        where TCommand : class
        where TEvent : class
    {
        services.AddCommandRecords(context.Records);
        services.AddOptions<CommandProcessorOptions>()
            .BindConfiguration(CommandProcessorOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(context);
        services.AddSingleton<CommandProcessor<TCommand, TEvent, TState>>();
        services.AddSingleton<IProcessorStatus>(provider => provider.GetRequiredService<CommandProcessor<TCommand, TEvent, TState>>());
        services.AddHostedService(provider => provider.GetRequiredService<CommandProcessor<TCommand, TEvent, TState>>());
        services.AddHealthChecks().AddCheck<ProcessorHealth>($"{context.Topics.Context}-processor", tags: [StreamingHost.ReadyTag]);
        return services;
    }

    /// <summary>What both sides of a commands topic need: the registry, the records, the preparation of a context.</summary>
    /// <param name="records">Records that are read here; those of Streaming.Contracts are in any case.</param>
    public static IServiceCollection AddCommandRecords(this IServiceCollection services, IReadOnlyList<AvroRecordType> records)
    {
        services.AddSingleton(new KnownRecords(records));
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<SchemaRegistryOptions>()
            .BindConfiguration(SchemaRegistryOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<ISchemaRegistry>(provider =>
            new SchemaRegistryClient(provider.GetRequiredService<IOptions<SchemaRegistryOptions>>().Value));
        services.TryAddSingleton(provider => new RecordFormat(
            provider.GetRequiredService<ISchemaRegistry>(),
            AvroRecords.All.Concat(provider.GetServices<KnownRecords>().SelectMany(known => known.Records)).DistinctBy(record => record.FullName)));
        services.TryAddSingleton<ContextPreparation>();
        return services;
    }
}

/// <summary>Records that one context brings.</summary>
internal sealed record KnownRecords(IReadOnlyList<AvroRecordType> Records);
