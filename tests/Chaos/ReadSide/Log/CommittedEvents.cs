using System.Text;
using Confluent.Kafka;
using Streaming.Contracts;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Topics;
using Streaming.LogChecker;
using Streaming.Serdes;
using Streaming.Serdes.Registry;
using Streaming.Sinks.Events;

namespace Streaming.Chaos.ReadSide.Log;

/// <summary>All events that are committed, read with nothing but a consumer and the contracts: what every destination is compared with.</summary>
internal sealed class CommittedEvents(string bootstrapServers, SchemaRegistryClient registry, string prefix)
{
    private readonly RecordReaders _readers = new(registry, AvroRecords.All);
    private readonly Dictionary<TopicPartition, long> _next = [];
    private readonly HashSet<Guid> _known = [];
    private readonly List<RecordedEvent> _events = [];
    private readonly Lock _reading = new();

    /// <summary>Those of each partition in their order.</summary>
    /// <remarks>Blocks until everything is read that was in the log when it was called.</remarks>
    public IReadOnlyList<RecordedEvent> Read(CancellationToken late)
    {
        lock (_reading)
        {
            CatchUp(late);
            return [.. _events];
        }
    }

    public bool Contains(Guid eventId, CancellationToken late)
    {
        lock (_reading)
        {
            CatchUp(late);
            return _known.Contains(eventId);
        }
    }

    private void CatchUp(CancellationToken late)
    {
        using var committed = new CommittedRecords(bootstrapServers, prefix + "chaos-reader");
        foreach (var topic in TopicCatalogue.All.Select(topics => prefix + topics.Events.Name))
        {
            foreach (var record in committed.Of(topic, late, partition => _next.GetValueOrDefault(new(topic, partition), Offset.Beginning)))
            {
                var recorded = Decode(record);
                _next[record.TopicPartition] = record.Offset + 1;
                _known.Add(recorded.EventId);
                _events.Add(recorded);
            }
        }
    }

    private RecordedEvent Decode(ConsumeResult<byte[], byte[]> record)
    {
        var value = record.Message.Value;
        if (!WireFormat.TryRead(value, out var schemaId, out _, out var why) || !EventKey.TryParse(Encoding.UTF8.GetString(record.Message.Key), out var key))
            throw new InvalidDataException($"{record.TopicPartitionOffset} is no event: {why}.");
        var reader = _readers.Find(schemaId);
        var body = value.AsMemory(WireFormat.PrefixBytes);
        return new RecordedEvent
        {
            Topic = record.Topic,
            Partition = record.Partition,
            Offset = record.Offset,
            AggregateId = key.AggregateId,
            Sequence = key.Sequence,
            EventId = Guid.Parse(Header(record, HeaderNames.Id)),
            RecordedAt = new DateTimeOffset(record.Message.Timestamp.UtcDateTime),
            Record = reader.Read(body.Span),
            SchemaId = schemaId,
            WriterSchema = reader.Writer,
            Body = body,
            ContentHash = 0,    // The sinks' own affair.
            CausationId = Header(record, HeaderNames.CausationId),
        };
    }

    private static string Header(ConsumeResult<byte[], byte[]> record, string name) => Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes(name));
}
