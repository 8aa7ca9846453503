using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Commands.Deciding;
using Streaming.Commands.Duplicates;
using Streaming.Commands.Processing;
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
    public static Restored From(Installation installation, int partition, bool withSnapshots = true)
    {
        var options = new CommandProcessorOptions();
        var context = (withSnapshots ? Installation.Context : Installation.WithoutSnapshots).WithPrefix(installation.Prefix);
        var clients = new ProcessorClients(
            new KafkaOptions { BootstrapServers = installation.Kafka.BootstrapServers }, options, context.Topics, installation.Prefix, NullLogger.Instance);
        var topics = PartitionTopics.Of(context.Topics, partition);
        var states = new AggregateStates<StockLevel>(context.Decider.Initial);
        var restorer = new PartitionRestorer<InventoryCommand, InventoryEvent, StockLevel>(
            context, topics, clients, options, installation.Format, TimeProvider.System, NullLogger.Instance);
        var counts = restorer.Restore(
            states, new ResultIndex(options.DuplicatesWindow, options.DuplicatesMax, TimeProvider.System), Ends(installation, topics),
            new KafkaAsking(topics.Commands, NullLogger.Instance), CancellationToken.None);
        return new(states, counts);
    }

    /// <summary>Every state with its version, to compare.</summary>
    public IReadOnlyDictionary<string, (StockLevel State, long Version)> Content =>
        States.All.ToDictionary(entry => entry.Key, entry => (entry.Value.State, entry.Value.Version));

    private static Dictionary<TopicPartition, long> Ends(Installation installation, PartitionTopics topics)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(
            new ConsumerConfig { BootstrapServers = installation.Kafka.BootstrapServers, GroupId = "unused" }).Build();
        return topics.All.ToDictionary(of => of, of => consumer.QueryWatermarkOffsets(of, TimeSpan.FromSeconds(30)).High.Value);
    }
}
