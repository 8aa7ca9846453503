using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Commands.Deciding;
using Streaming.Commands.Duplicates;
using Streaming.Commands.Processing;
using Streaming.Commands.Records;
using Streaming.Commands.Restoring;
using Streaming.Commands.Writing;
using Streaming.Contracts.Inventory;
using Streaming.Domain.Inventory;
using Streaming.Hosting.Kafka;

namespace Streaming.Commands.Tests.Running;

/// <summary>What a processor that takes a partition over now would begin with.</summary>
internal sealed record Restored(AggregateStates<StockLevel> States, RestoredPartition Counts)
{
    /// <param name="withSnapshots">False: as if the context had none.</param>
    public static Restored From(Installation installation, int partition, bool withSnapshots = true) => From(
        installation.Kafka.BootstrapServers, withSnapshots ? Installation.Context : Installation.WithoutSnapshots, installation.Prefix, installation.Format, partition);

    public static Restored From(
        string bootstrapServers, CommandContext<InventoryCommand, InventoryEvent, StockLevel> inventory, string prefix, RecordFormat format, int partition)
    {
        var options = new CommandProcessorOptions();
        var context = inventory.WithPrefix(prefix);
        var clients = new ProcessorClients(new KafkaOptions { BootstrapServers = bootstrapServers }, options, context.Topics, prefix, NullLogger.Instance);
        var topics = PartitionTopics.Of(context.Topics, partition);
        var states = new AggregateStates<StockLevel>(context.Decider.Initial);
        var restorer = new PartitionRestorer<InventoryCommand, InventoryEvent, StockLevel>(
            context, topics, clients, options, format, TimeProvider.System, NullLogger.Instance);
        var counts = restorer.Restore(
            states, new ResultIndex(options.DuplicatesWindow, options.DuplicatesMax, TimeProvider.System), Ends(bootstrapServers, topics),
            new KafkaAsking(topics.Commands, NullLogger.Instance), CancellationToken.None);
        return new(states, counts);
    }

    /// <summary>Every state with its version, to compare.</summary>
    public IReadOnlyDictionary<string, (StockLevel State, long Version)> Content =>
        States.All.ToDictionary(entry => entry.Key, entry => (entry.Value.State, entry.Value.Version));

    /// <summary>Where a partition's events end now.</summary>
    public static long EventsEnd(Installation installation, int partition)
    {
        var topics = PartitionTopics.Of(Installation.Context.WithPrefix(installation.Prefix).Topics, partition);
        return Ends(installation.Kafka.BootstrapServers, topics)[topics.Events];
    }

    private static Dictionary<TopicPartition, long> Ends(string bootstrapServers, PartitionTopics topics)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(
            new ConsumerConfig { BootstrapServers = bootstrapServers, GroupId = "unused" }).Build();
        return topics.All.ToDictionary(of => of, of => consumer.QueryWatermarkOffsets(of, TimeSpan.FromSeconds(30)).High.Value);
    }
}
