using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Streaming.Commands.Processing;

/// <summary>Questions to the cluster that are asked until they are answered: a broker that has just been given a partition refuses for a moment.</summary>
internal sealed class KafkaAsking(TopicPartition partition, ILogger logger)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    public T Ask<T>(string request, Func<T> ask, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                return ask();
            }
            catch (KafkaException cause) when (!cause.Error.IsFatal)
            {
                logger.KafkaAwaited(cause, partition.Topic, partition.Partition, request);
                stopping.WaitHandle.WaitOne(RetryDelay);
                stopping.ThrowIfCancellationRequested();
            }
        }
    }
}
