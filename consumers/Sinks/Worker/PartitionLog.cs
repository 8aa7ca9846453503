using System.Runtime.CompilerServices;
using Confluent.Kafka;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Reading;

namespace Streaming.Sinks.Worker;

/// <summary>Reads the topic itself, by a consumer outside the group.</summary>
internal sealed class PartitionLog(LogReader reader) : IPartitionLog
{
    private const int OffsetsAtOnce = 10_000;

    public async IAsyncEnumerable<IReadOnlyList<LogRecord>> ReadAsync(
        SourcePartition source, long fromOffset, long toOffset, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (fromOffset < toOffset)
        {
            var (records, next) = await reader.ReadAsync(
                new TopicPartition(source.Topic, source.Partition), fromOffset, Math.Min(toOffset, fromOffset + OffsetsAtOnce), cancellationToken);
            yield return [.. records.Select(LogRecord.From)];
            if (next == fromOffset)
                yield break;
            fromOffset = next;
        }
    }
}
