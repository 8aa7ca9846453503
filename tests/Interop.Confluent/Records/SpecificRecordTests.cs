using Avro.IO;
using Avro.Specific;
using Streaming.Avro;

namespace Streaming.Interop.Tests.Records;

/// <summary>Generated records in Apache.Avro's own reader and writer, where no registry is asked.</summary>
public sealed class SpecificRecordTests
{
    /// <summary>Not through a registry: Apache.Avro writes the schema of such bytes in a form that none takes, Java's parser refuses it too.</summary>
    [Fact]
    public void A_duration_is_written_and_read()
    {
        var record = new Sized(new AvroDuration(1, 2, uint.MaxValue));
        using var bytes = new MemoryStream();
        new SpecificWriter<Sized>(Sized._SCHEMA).Write(record, new BinaryEncoder(bytes));
        bytes.ToArray().ShouldBe(AvroEncoding.EncodeToArray(record));
        bytes.Position = 0;
        new SpecificReader<Sized>(Sized._SCHEMA, Sized._SCHEMA).Read(Activator.CreateInstance<Sized>(), new BinaryDecoder(bytes)).ShouldBe(record);
    }

    [Fact]
    public void A_decimal_of_fixed_bytes_is_more_than_their_writer_can() =>
        Should.Throw<global::Avro.AvroException>(() => new SpecificWriter<FixedPrice>(FixedPrice._SCHEMA).Write(new FixedPrice(1.25m), new BinaryEncoder(new MemoryStream())))
            .Message.ShouldContain("SpecificFixed");

    [Fact]
    public void Both_of_their_readers_and_writers_take_a_record()
    {
        var record = new Wrapping { Inner = new Wrapping { Inner = null } };
        using var bytes = new MemoryStream();
        new SpecificDatumWriter<Wrapping>(Wrapping._SCHEMA).Write(record, new BinaryEncoder(bytes));
        bytes.ToArray().ShouldBe(AvroEncoding.EncodeToArray(record));
        bytes.Position = 0;
        new SpecificDatumReader<Wrapping>(Wrapping._SCHEMA, Wrapping._SCHEMA).Read(Activator.CreateInstance<Wrapping>(), new BinaryDecoder(bytes)).ShouldBe(record);
    }

    [Fact]
    public void A_schema_that_they_refuse_is_their_error_and_does_not_touch_our_codec()
    {
        var record = new Refused(Guid.NewGuid());
        AvroEncoding.Decode<Refused>(AvroEncoding.EncodeToArray(record)).ShouldBe(record);
        Refused._SCHEMA.ShouldBeNull();
        Should.Throw<global::Avro.AvroTypeException>(() => ((ISpecificRecord)record).Schema).Message.ShouldContain("uuid");
    }

    [Fact]
    public void A_null_list_is_an_error_and_not_an_empty_one()
    {
        using var bytes = new MemoryStream();
        Should.Throw<global::Avro.AvroException>(() => new SpecificWriter<Chosen>(Chosen._SCHEMA).Write(new Chosen(null, new Chosen.MarkChoice.OfString(""), null!), new BinaryEncoder(bytes)))
            .Message.ShouldContain("is null");
    }
}
