using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using Streaming.Contracts.Commands;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Topics;
using Streaming.Serdes;

namespace Streaming.Cli.Contexts;

/// <summary>Sends an erasure as a command, and reads the results of its partition until its own comes.</summary>
/// <param name="topics">With the installation's prefix.</param>
internal sealed class ErasureAsking(ClusterAccess access, ContextTopics topics)
{
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);

    /// <exception cref="Failure">No answer came in time.</exception>
    public CommandResult Ask(EraseAggregate erase, string commandId, TimeSpan patience, CancellationToken cancellationToken)
    {
        access.Registry.Register(EraseAggregate.RecordType.FullName, EraseAggregate.RecordType.Schema.ToString());
        var partition = Murmur2.Partition(erase.AggregateId, topics.PartitionCount);
        var results = new TopicPartition(topics.Results.Name, partition);
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig(access.Kafka.ToClientConfig())
        {
            GroupId = "streamctl",      // Asked for by the client, never used: nothing is committed.
            IsolationLevel = IsolationLevel.ReadCommitted,
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
        }).Build();
        consumer.Assign(new TopicPartitionOffset(results, consumer.QueryWatermarkOffsets(results, RequestTimeout).High));
        Send(erase, commandId, new TopicPartition(topics.Commands.Name, partition));

        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < patience;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (consumer.Consume(PollTime) is { } record && Read(record) is { } result && (result.AggregateId, result.CommandId) == (erase.AggregateId, commandId))
                return result;
        }

        throw new Failure($"No answer within {patience.TotalSeconds:0} s: it may still come. Ask again with --command-id {commandId}, and it happens once at most.");
    }

    private void Send(EraseAggregate erase, string commandId, TopicPartition to)
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig(access.Kafka.ToClientConfig()) { EnableIdempotence = true, LingerMs = 0 }).Build();
        producer.Produce(to, new Message<byte[], byte[]>
        {
            Key = Encoding.UTF8.GetBytes(erase.AggregateId),
            Value = access.Format.Encode(erase),
            Headers = new Headers
            {
                { HeaderNames.SpecVersion, Encoding.UTF8.GetBytes(HeaderNames.SpecVersionValue) },
                { HeaderNames.Id, Encoding.UTF8.GetBytes(commandId) },
                { HeaderNames.Type, Encoding.UTF8.GetBytes(EraseAggregate.RecordType.FullName) },
                { HeaderNames.Source, "/streaming/streamctl"u8.ToArray() },
                { HeaderNames.Subject, Encoding.UTF8.GetBytes(erase.AggregateId) },
            },
        });
        producer.Flush(RequestTimeout);
    }

    // Others' results are none of our business, whatever they are.
    private CommandResult? Read(ConsumeResult<byte[], byte[]> record)
    {
        try
        {
            return access.Format.Decode(record.Message.Value) as CommandResult;
        }
        catch (UndecodableRecordException)
        {
            return null;
        }
    }
}
