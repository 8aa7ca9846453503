using Confluent.Kafka;
using Confluent.SchemaRegistry.Serdes;
using Apache = global::Avro;

namespace Streaming.Benchmarks.Avro;

/// <summary>The same event with Apache.Avro's generic and specific readers and writers, and with Confluent's serdes on a registry in memory.</summary>
internal static class Peers
{
    private static readonly Apache.RecordSchema _schema = PeerRecord.Named(Measured.RecordType.Schema.ToString());
    private static readonly PeerRecord _specific = PeerRecord.Of(AvroBenchmark.Event);
    private static readonly Apache.Generic.GenericRecord _generic = Generic();

    public static IEnumerable<Contender> Encoders()
    {
        var stream = new MemoryStream(256);
        var encoder = new Apache.IO.BinaryEncoder(stream);
        var generic = new Apache.Generic.GenericDatumWriter<Apache.Generic.GenericRecord>(_schema);
        var specific = new Apache.Specific.SpecificDatumWriter<PeerRecord>(_schema);
        yield return new("Apache.Avro generic, into a stream", count =>
        {
            for (; count > 0; count--)
            {
                stream.Position = 0;
                generic.Write(_generic, encoder);
            }
        });
        yield return new("Apache.Avro specific, into a stream", count =>
        {
            for (; count > 0; count--)
            {
                stream.Position = 0;
                specific.Write(_specific, encoder);
            }
        });
    }

    public static IEnumerable<Contender> Decoders(byte[] bytes) => ResolvingDecoders(Measured.RecordType.Schema.ToString(), bytes);

    public static IEnumerable<Contender> ResolvingDecoders(string writerSchema, byte[] bytes)
    {
        var written = PeerRecord.Named(writerSchema);
        var stream = new MemoryStream(bytes);
        var decoder = new Apache.IO.BinaryDecoder(stream);
        var generic = new Apache.Generic.GenericDatumReader<Apache.Generic.GenericRecord>(written, _schema);
        var specific = new Apache.Specific.SpecificDatumReader<PeerRecord>(written, _schema);
        yield return new("Apache.Avro generic, from a stream", count =>
        {
            for (; count > 0; count--)
            {
                stream.Position = 0;
                generic.Read(null!, decoder);
            }
        });
        yield return new("Apache.Avro specific, from a stream", count =>
        {
            for (; count > 0; count--)
            {
                stream.Position = 0;
                specific.Read(null!, decoder);
            }
        });
    }

    public static async Task<IEnumerable<Contender>> SerializersAsync()
    {
        var registry = PeerRegistry.Create(_schema.ToString());
        var context = new SerializationContext(MessageComponentType.Value, "measured");
        var specific = new AvroSerializer<PeerRecord>(registry);
        var generic = new AvroSerializer<Apache.Generic.GenericRecord>(registry);
        await specific.SerializeAsync(_specific, context);
        await generic.SerializeAsync(_generic, context);
        return
        [
            new("Confluent AvroSerializer, specific", count =>
            {
                for (; count > 0; count--)
                    specific.SerializeAsync(_specific, context).GetAwaiter().GetResult();
            }),
            new("Confluent AvroSerializer, generic", count =>
            {
                for (; count > 0; count--)
                    generic.SerializeAsync(_generic, context).GetAwaiter().GetResult();
            }),
        ];
    }

    private static Apache.Generic.GenericRecord Generic()
    {
        var record = new Apache.Generic.GenericRecord(_schema);
        foreach (var field in _schema.Fields)
            record.Add(field.Pos, _specific.Get(field.Pos));
        return record;
    }
}
