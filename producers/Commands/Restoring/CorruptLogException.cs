using Confluent.Kafka;

namespace Streaming.Commands.Restoring;

/// <summary>The log of a partition breaks its own rules.</summary>
public sealed class CorruptLogException(string message, Exception? cause = null) : Exception(message, cause)
{
    internal static CorruptLogException At(TopicPartitionOffset at, string why, Exception? cause = null) =>
        new($"{at}: {why}. Nothing is decided on a log that is not whole: find out who wrote this record.", cause);
}
