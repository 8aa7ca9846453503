using Confluent.Kafka;

namespace Streaming.Commands.Processing;

/// <summary>The consumer group as the poll loop last saw it.</summary>
/// <remarks>
/// Read by the poll loop after a poll, so that all handlers of a rebalance have run before: a partition's thread that is still going has
/// its partition in that generation. A commit with an older one is refused by the cluster, which is the point.
/// </remarks>
internal sealed class Membership
{
    private volatile IConsumerGroupMetadata? _current;

    public IConsumerGroupMetadata Current => _current ?? throw new InvalidOperationException("The group has not been joined yet.");

    public void Observe(IConsumerGroupMetadata metadata) => _current = metadata;
}
