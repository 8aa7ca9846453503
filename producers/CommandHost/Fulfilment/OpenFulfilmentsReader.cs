using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Options;
using Streaming.CommandHost.Reading;
using Streaming.Commands.Processing;
using Streaming.Commands.Records;
using Streaming.Contexts.Fulfilment;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Fulfilment;
using Streaming.Hosting.Kafka;
using Streaming.Serdes;
using Streaming.Serdes.Registry;

namespace Streaming.CommandHost.Fulfilment;

/// <summary>Follows the events of fulfilment from the start, for the list of those that are open.</summary>
/// <remarks>Apart from <see cref="EventTail"/>, which needs no values: a registry that is away holds up this list alone.</remarks>
internal sealed class OpenFulfilmentsReader(
    OpenFulfilments open,
    IOptions<KafkaOptions> kafka,
    IOptions<TopicsOptions> topics,
    ContextPreparation preparation,
    RecordFormat format,
    ILogger<OpenFulfilmentsReader> logger) : BackgroundService
{
    private static readonly TimeSpan RegistryWait = TimeSpan.FromSeconds(1);

    private volatile bool _isCaughtUp;

    /// <summary>Everything from before the start is read.</summary>
    public bool IsCaughtUp => _isCaughtUp;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var context = FulfilmentContext.Definition;
        var named = context.Topics.WithPrefix(topics.Value.Prefix);
        await preparation.PrepareAsync(named, context.Records, stoppingToken);
        var partitions = Enumerable.Range(0, named.PartitionCount).Select(partition => new TopicPartition(named.Events.Name, partition)).ToList();
        await Task.Factory.StartNew(() => Run(partitions, stoppingToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private void Run(List<TopicPartition> partitions, CancellationToken stopping)
    {
        using var consumer = new LogConsumer<byte[]>(
            kafka.Value.ToClientConfig(), "events", logger, config => config.ConsumeResultFields = "topic");
        consumer.Follow(partitions, record => Take(record, stopping), () => _isCaughtUp = true, stopping);
    }

    private void Take(ConsumeResult<byte[], byte[]> record, CancellationToken stopping)
    {
        var text = record.Message.Key is null ? null : Encoding.UTF8.GetString(record.Message.Key);
        if (!EventKey.TryParse(text, out var key))
        {
            logger.FulfilmentNotShown(record.Topic, record.Partition, record.Offset, "its key is no event key, {aggregateId}@{sequence}");
            return;
        }

        if (record.Message.Value is null)
            open.Erase(key.AggregateId);
        else if (Read(record, stopping) is { } happened)
            open.Add(happened, key.Sequence);
    }

    private FulfilmentEvent? Read(ConsumeResult<byte[], byte[]> record, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                return format.Decode(record.Message.Value) as FulfilmentEvent;
            }
            catch (RegistryUnavailableException cause)
            {
                logger.ResultsTroubled(record.Topic, cause.Message);
                stopping.WaitHandle.WaitOne(RegistryWait);
            }
            catch (UndecodableRecordException cause)
            {
                logger.FulfilmentNotShown(record.Topic, record.Partition, record.Offset, cause.Message);
                return null;
            }
        }

        return null;
    }
}
