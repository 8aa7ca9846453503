using Apache = global::Avro;

namespace Streaming.Benchmarks.Avro;

/// <summary>The same event with Apache.Avro's generic and specific readers and writers.</summary>
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

    /// <summary>The event as a generic record.</summary>
    public static Apache.Generic.GenericRecord Generic()
    {
        var record = new Apache.Generic.GenericRecord(_schema);
        foreach (var field in _schema.Fields)
            record.Add(field.Pos, _specific.Get(field.Pos));
        return record;
    }
}
