using System.Runtime.CompilerServices;
using Confluent.Kafka;
using Streaming.Contracts.Topics;

namespace Streaming.CommandHost.Reading;

/// <summary>The events of one context's aggregates, straight from its events topic.</summary>
/// <param name="topics">With the installation's prefix.</param>
/// <param name="caughtUp">Completes when everything from before the start is indexed.</param>
internal sealed class AggregateLog(ContextTopics topics, EventIndex index, LogReader reader, Task caughtUp)
{
    private const int BatchEvents = 1_000;

    private readonly TopicDefinition _events = topics.Events;

    public string Context { get; } = topics.Context;

    public EventIndex Index => index;

    /// <summary>Waits for the index after a start.</summary>
    /// <returns>False when it takes longer.</returns>
    public async Task<bool> IsIndexedAsync(TimeSpan wait, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await caughtUp.WaitAsync(wait, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>The aggregate's events from a sequence on, in order.</summary>
    /// <exception cref="LogUnreadableException">The cluster does not give them now.</exception>
    /// <exception cref="AggregateErasedException">They were purged, before or while they were read.</exception>
    public async IAsyncEnumerable<RecordedEvent> ReadAsync(
        string aggregateId, long from, long countMax, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var partition = new TopicPartition(_events.Name, Murmur2.Partition(aggregateId, _events.PartitionCount));
        var (next, end) = (from, from + countMax);
        while (next < end)
        {
            if (index.IsErased(aggregateId))
                throw new AggregateErasedException();
            var offsets = index.Offsets(aggregateId, next, Math.Min(BatchEvents, end - next));
            if (offsets.Length == 0)
                yield break;
            var after = next + offsets.Length;
            foreach (var record in await reader.ReadAsync(partition, offsets, cancellationToken))
            {
                if (RecordedEvent.Of(record, aggregateId) is not { } happened || happened.Sequence != next)
                    throw Gone(aggregateId, next, record.TopicPartitionOffset);
                next++;
                yield return happened;
            }

            if (next < after)
                throw Gone(aggregateId, next, new(partition, offsets[^1]));
        }
    }

    private Exception Gone(string aggregateId, long sequence, TopicPartitionOffset at) => index.IsErased(aggregateId)
        ? new AggregateErasedException()
        : new LogUnreadableException($"{at}: event {sequence} of {aggregateId} is not where it was; it is being erased, or the topic was changed by hand.");
}

/// <summary>The aggregate's events were purged on purpose.</summary>
internal sealed class AggregateErasedException : Exception;
