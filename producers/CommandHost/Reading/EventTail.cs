using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Options;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Topics;
using Streaming.Hosting.Kafka;

namespace Streaming.CommandHost.Reading;

/// <summary>Reads the keys of all events of all served contexts from the start, and then on, into their indexes.</summary>
/// <remarks>One client and one thread serve all contexts.</remarks>
internal sealed class EventTail(
    IEnumerable<IndexedContext> contexts, IOptions<KafkaOptions> kafka, IOptions<TopicsOptions> topics, ILogger<EventTail> logger) : BackgroundService
{
    private const int FetchBytesMin = 1_000_000;
    private const int FetchWaitMaxMs = 50;

    private readonly Dictionary<string, (EventIndex Index, bool IsErasures)> _byTopic = [];
    private readonly List<TopicPartition> _partitions = [];
    private readonly TaskCompletionSource _caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when everything from before the start is indexed.</summary>
    public Task CaughtUp => _caughtUp.Task;

    /// <summary>Events indexed so far.</summary>
    public long EventCount => contexts.Sum(context => context.Index.EventCount);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var context in contexts)
        {
            await context.Prepared.WaitAsync(stoppingToken);
            var named = context.Topics.WithPrefix(topics.Value.Prefix);
            Follow(named.Events, context.Index, isErasures: false);
            Follow(named.Erasures, context.Index, isErasures: true);
        }

        await Task.Factory.StartNew(() => Run(stoppingToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private void Follow(TopicDefinition topic, EventIndex index, bool isErasures)
    {
        _byTopic[topic.Name] = (index, isErasures);
        for (var partition = 0; partition < topic.PartitionCount; partition++)
            _partitions.Add(new(topic.Name, partition));
    }

    private void Run(CancellationToken stopping)
    {
        using var consumer = new LogConsumer<bool>(kafka.Value.ToClientConfig(), "events", logger, Tune, Presence.Instance);
        consumer.Follow(_partitions, Take, () => EndReached(consumer), stopping);
    }

    // A request names all partitions, and every transaction of any of them would end one, hundreds in a second: who waits for a version may as well
    // wait a little longer.
    private static void Tune(ConsumerConfig config)
    {
        config.ConsumeResultFields = "topic";
        config.FetchMinBytes = FetchBytesMin;
        config.FetchWaitMaxMs = FetchWaitMaxMs;
    }

    private void EndReached(LogConsumer<bool> consumer)
    {
        // From here on an erasure is told by the tombstones that its transaction writes, too: they are gone only for who reads later.
        consumer.Pause(_partitions.Where(partition => _byTopic[partition.Topic].IsErasures));
        _caughtUp.TrySetResult();
        var indexes = contexts.Select(context => context.Index).ToList();
        logger.EventsIndexed(indexes.Sum(index => index.EventCount), indexes.Sum(index => index.AggregateCount));
    }

    private void Take(ConsumeResult<byte[], bool> record)
    {
        var (index, isErasures) = _byTopic[record.Topic];
        var text = record.Message.Key is null ? "" : Encoding.UTF8.GetString(record.Message.Key);
        if (isErasures)
            index.Erase(text);
        else if (!EventKey.TryParse(text, out var key))
            logger.EventNotIndexed(record.Topic, record.Partition, record.Offset, "its key is no event key, {aggregateId}@{sequence}");
        else if (!record.Message.Value)
            index.Erase(key.AggregateId);
        else if (!index.Add(key, record.Offset))
            logger.EventNotIndexed(record.Topic, record.Partition, record.Offset, $"events of {key.AggregateId} before sequence {key.Sequence} are missing");
    }

    // Whether there is a value is all that the index wants of it.
    private sealed class Presence : IDeserializer<bool>
    {
        public static readonly Presence Instance = new();

        public bool Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context) => !isNull;
    }
}

/// <summary>A context whose events are indexed.</summary>
/// <param name="Topics">Without the installation's prefix.</param>
/// <param name="Prepared">Completes when the topics exist.</param>
internal sealed record IndexedContext(ContextTopics Topics, EventIndex Index, Task Prepared);
