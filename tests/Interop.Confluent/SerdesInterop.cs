using Avro.Generic;
using Confluent.Kafka;
using Confluent.Kafka.SyncOverAsync;
using Confluent.SchemaRegistry;
using Streaming.Avro;
using Streaming.Contracts.Inventory;
using Streaming.Fixtures;
using Streaming.Serdes;
using Streaming.Serdes.Registry;
using Apache = Avro;
using Theirs = Confluent.SchemaRegistry.Serdes;

namespace Streaming.Interop.Tests;

/// <summary>Records over a topic, written by one side's serializer and read by the other's deserializer.</summary>
public abstract class SerdesInterop(RegistryFixture registry, KafkaFixture kafka) : IDisposable
{
    private const Confluent.SchemaRegistry.SubjectNameStrategy RecordStrategy = Confluent.SchemaRegistry.SubjectNameStrategy.Record;
    private static readonly DateTimeOffset Noon = new(2022, 3, 15, 12, 0, 0, TimeSpan.Zero);

    private readonly CachedSchemaRegistryClient _theirs = new(new SchemaRegistryConfig { Url = registry.Url });
    private readonly SchemaRegistryClient _ours = new(registry.Url);
    private readonly InventoryEvent[] _events =
    [
        new StockSold(new Sku("XYZ-1"), 20, "Größe \u2713", null, 230, 5, Noon),
        new StockReceived(new Sku("XYZ-1"), 50, null, "DN-17", 280, 5, Noon.AddMicroseconds(1)),
    ];

    [ConformanceFact]
    public async Task Confluents_deserializer_reads_what_we_wrote()
    {
        var topic = await kafka.CreateTopicAsync(SomeNames.Prefix() + "events");
        using (var producer = new ProducerBuilder<string, InventoryEvent>(Producer()).SetValueSerializer(new AvroSerializer<InventoryEvent>(_ours)).Build())
        {
            foreach (var happened in _events)
                await producer.ProduceAsync(topic, new Message<string, InventoryEvent> { Key = "XYZ-1", Value = happened });
        }

        var read = Read(topic, new Theirs.AvroDeserializer<GenericRecord>(_theirs).AsSyncOverAsync());
        read.Select(record => record.Schema.Fullname).ShouldBe(["streaming.inventory.StockSold", "streaming.inventory.StockReceived"]);
        read[0]["sku"].ShouldBe("XYZ-1");
        read[0]["quantity"].ShouldBe(20);
        read[0]["reason"].ShouldBe("Größe \u2713");
        read[0]["reference"].ShouldBeNull();
        read[0]["occurredAt"].ShouldBe(Noon.UtcDateTime);
        read[1]["reference"].ShouldBe("DN-17");
        read[1]["occurredAt"].ShouldBe(Noon.AddMicroseconds(1).UtcDateTime);
    }

    [ConformanceFact]
    public async Task We_read_what_Confluents_serializer_wrote()
    {
        var topic = await kafka.CreateTopicAsync(SomeNames.Prefix() + "events");
        var config = new Theirs.AvroSerializerConfig { SubjectNameStrategy = RecordStrategy };
        using (var producer = new ProducerBuilder<string, GenericRecord>(Producer()).SetValueSerializer(new Theirs.AvroSerializer<GenericRecord>(_theirs, config)).Build())
        {
            foreach (var happened in _events)
                await producer.ProduceAsync(topic, new Message<string, GenericRecord> { Key = "XYZ-1", Value = Generic(happened) });
        }

        Read(topic, new AvroDeserializer<InventoryEvent>(_ours, Contracts.AvroRecords.All)).ShouldBe(_events);
    }

    [ConformanceFact]
    public async Task Bytes_are_the_same_from_either_side()
    {
        var context = new SerializationContext(MessageComponentType.Value, SomeNames.Name("topic"));
        var theirs = new Theirs.AvroSerializer<GenericRecord>(_theirs, new Theirs.AvroSerializerConfig { SubjectNameStrategy = RecordStrategy });
        var ours = new AvroSerializer<InventoryEvent>(_ours);
        foreach (var happened in _events)
        {
            var mine = ours.Serialize(happened, context);
            var other = await theirs.SerializeAsync(Generic(happened), context);
            other[WireFormat.PrefixBytes..].ShouldBe(mine[WireFormat.PrefixBytes..]);
        }
    }

    [ConformanceFact]
    public async Task A_version_that_only_others_know_is_read_with_our_newest_record()
    {
        var subject = SomeNames.Name("topic");
        // As a producer of another team would have it: without our attributes, with a field of its own.
        var writer = (Apache::RecordSchema)Apache::Schema.Parse("""
            {"type":"record","name":"StockSold","namespace":"streaming.inventory","fields":[
             {"name":"occurredAt","type":{"type":"long","logicalType":"timestamp-micros"}},{"name":"till","type":"string","default":""},
             {"name":"sku","type":"string"},{"name":"quantity","type":"int"},{"name":"onHand","type":"int"},{"name":"reserved","type":"int"}]}
            """);
        var record = new GenericRecord(writer);
        foreach (var (name, value) in new (string, object)[] { ("occurredAt", Noon.UtcDateTime), ("till", "7"), ("sku", "XYZ-1"), ("quantity", 20), ("onHand", 230), ("reserved", 5) })
            record.Add(name, value);
        var frame = await new Theirs.AvroSerializer<GenericRecord>(_theirs).SerializeAsync(record, new SerializationContext(MessageComponentType.Value, subject));

        new AvroDeserializer<InventoryEvent>(_ours, Contracts.AvroRecords.All).Deserialize(frame, new TopicPartitionOffset(subject, 0, 0))
            .ShouldBe(new StockSold(new Sku("XYZ-1"), 20, null, null, 230, 5, Noon));
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _theirs.Dispose();
        _ours.Dispose();
    }

    private ProducerConfig Producer() => new() { BootstrapServers = kafka.BootstrapServers };

    private List<T> Read<T>(string topic, IDeserializer<T> values)
    {
        using var consumer = new ConsumerBuilder<string, T>(new ConsumerConfig
        {
            BootstrapServers = kafka.BootstrapServers, GroupId = SomeNames.Name("interop"), EnablePartitionEof = true, EnableAutoCommit = false,
        }).SetValueDeserializer(values).Build();
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        var records = new List<T>();
        while (true)
        {
            var read = consumer.Consume(Eventually.DefaultDeadline) ?? throw new TimeoutException($"{topic} has no end.");
            if (read.IsPartitionEOF)
                return records;
            records.Add(read.Message.Value);
        }
    }

    /// <summary>The event as Apache.Avro has it, under the schema that our record was generated from.</summary>
    private static GenericRecord Generic(InventoryEvent happened)
    {
        var record = new GenericRecord((Apache::RecordSchema)Apache::Schema.Parse(((IAvroRecord)happened).AvroSchema.ToString()));
        record.Add("sku", happened.Sku.Value);
        record.Add("occurredAt", happened.OccurredAt.UtcDateTime);
        var (quantity, reason, reference, onHand, reserved) = happened switch
        {
            StockSold e => (e.Quantity, e.Reason, e.Reference, e.OnHand, e.Reserved),
            StockReceived e => (e.Quantity, e.Reason, e.Reference, e.OnHand, e.Reserved),
            _ => throw new ArgumentOutOfRangeException(nameof(happened)),
        };
        record.Add("quantity", quantity);
        record.Add("reason", reason);
        record.Add("reference", reference);
        record.Add("onHand", onHand);
        record.Add("reserved", reserved);
        return record;
    }
}

public sealed class EmbeddedSerdesInterop(EmbeddedRegistryFixture registry, EmbeddedKafkaFixture kafka)
    : SerdesInterop(registry, kafka), IClassFixture<EmbeddedRegistryFixture>, IClassFixture<EmbeddedKafkaFixture>;

[Needs(RealServer.Registry)]
[Needs(RealServer.Kafka)]
public sealed class RealSerdesInterop(RealRegistryFixture registry, RealKafkaFixture kafka)
    : SerdesInterop(registry, kafka), IClassFixture<RealRegistryFixture>, IClassFixture<RealKafkaFixture>;
