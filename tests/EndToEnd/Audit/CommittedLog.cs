using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Streaming.Avro;
using Streaming.Contracts;
using Streaming.Contracts.Commands;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Topics;
using Streaming.Serdes;

namespace Streaming.EndToEnd.Tests.Audit;

/// <summary>All that is committed on the events and results of inventory, read once from beginning to end.</summary>
internal sealed record CommittedLog(IReadOnlyList<LoggedEvent> Events, IReadOnlyList<LoggedResult> Results)
{
    private static readonly Dictionary<string, AvroRecordType> Types = AvroRecords.All.ToDictionary(type => type.FullName);

    /// <param name="prefix">Of the installation's topics.</param>
    public static CommittedLog Read(string bootstrapServers, string prefix, CancellationToken late)
    {
        var topics = TopicCatalogue.Inventory.WithPrefix(prefix);
        return new CommittedLog(
            [.. ReadTopic(bootstrapServers, topics.Events, late).Select(ToEvent)],
            [.. ReadTopic(bootstrapServers, topics.Results, late).Select(ToResult)]);
    }

    private static IEnumerable<ConsumeResult<string, byte[]>> ReadTopic(string bootstrapServers, TopicDefinition topic, CancellationToken late)
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = bootstrapServers,
            GroupId = topic.Name + "-audit",            // librdkafka wants one; nothing is committed under it.
            EnableAutoCommit = false,
            IsolationLevel = IsolationLevel.ReadCommitted,
            EnablePartitionEof = true,
        };
        using var consumer = new ConsumerBuilder<string, byte[]>(config).Build();
        consumer.Assign(Enumerable.Range(0, topic.PartitionCount).Select(partition => new TopicPartitionOffset(topic.Name, partition, Offset.Beginning)));

        // The ends as they are now: end-of-partition alone could be said while a transaction is still open.
        var ends = Enumerable.Range(0, topic.PartitionCount)
            .ToDictionary(partition => partition, partition => consumer.QueryWatermarkOffsets(new TopicPartition(topic.Name, partition), TimeSpan.FromSeconds(30)).High.Value);
        var open = ends.Keys.ToHashSet();
        while (open.Count > 0)
        {
            var record = consumer.Consume(late);
            if (record.IsPartitionEOF)
            {
                if (record.Offset.Value >= ends[record.Partition.Value])
                    open.Remove(record.Partition.Value);
            }
            else
            {
                yield return record;
            }
        }
    }

    private static LoggedEvent ToEvent(ConsumeResult<string, byte[]> record)
    {
        if (!EventKey.TryParse(record.Message.Key, out var key))
            throw new InvalidDataException($"{record.TopicPartitionOffset}: '{record.Message.Key}' is no event's key.");
        var happened = (InventoryEvent)Decode(record);
        if (happened.Sku.Value != key.AggregateId || Header(record, HeaderNames.Sequence) != key.Sequence.ToString(CultureInfo.InvariantCulture))
            throw new InvalidDataException($"{record.TopicPartitionOffset}: key, header and value name different events.");
        return new LoggedEvent(
            record.Partition.Value, record.Offset.Value, DateTimeOffset.FromUnixTimeMilliseconds(record.Message.Timestamp.UnixTimestampMs), key.AggregateId, key.Sequence,
            Header(record, HeaderNames.Id), Header(record, HeaderNames.CausationId), happened);
    }

    private static LoggedResult ToResult(ConsumeResult<string, byte[]> record) =>
        new(record.Partition.Value, record.Offset.Value, (CommandResult)Decode(record));

    private static IAvroRecord Decode(ConsumeResult<string, byte[]> record) =>
        WireFormat.TryRead(record.Message.Value, out _, out var body, out var why)
            ? AvroEncoding.Decode(Types[Header(record, HeaderNames.Type)], body)
            : throw new InvalidDataException($"{record.TopicPartitionOffset}: {why}.");

    private static string Header(ConsumeResult<string, byte[]> record, string name) =>
        record.Message.Headers.TryGetLastBytes(name, out var value)
            ? Encoding.UTF8.GetString(value)
            : throw new InvalidDataException($"{record.TopicPartitionOffset} has no header {name}.");
}
