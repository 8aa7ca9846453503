using Confluent.Kafka;
using Streaming.Avro;
using Streaming.Avro.Generic;
using Streaming.Avro.Resolution;
using Streaming.Avro.Schema;
using Streaming.Avro.Tests;
using Streaming.Avro.Tests.Generic;
using Streaming.Serdes.Tests.Records;

namespace Streaming.Serdes.Tests;

/// <summary>Frames that Confluent's own serializers wrote.</summary>
public sealed class WireFormatTests
{
    public static TheoryData<string> Cases => Golden.Ids("wire-format");

    public static TheoryData<string> Users =>
        Golden.Ids("wire-format", where: item => item.GetProperty("schema").ToString().Contains("org.example.User") && !item.TryGetProperty("reader_schema", out _));

    public static TheoryData<string> Invalid => Golden.Ids("wire-format", "invalid");

    [Theory, MemberData(nameof(Cases))]
    public void A_frame_is_its_id_and_its_body(string id)
    {
        var golden = Golden.Case("wire-format", id);
        var frame = golden.Bytes("frame_hex");
        WireFormat.TryRead(frame, out var schemaId, out var body, out var why).ShouldBeTrue(why);
        schemaId.ShouldBe(golden.GetProperty("schema_id").GetInt32(), id);
        body.ToArray().ShouldBe(golden.Bytes("avro_body_hex"), id);

        var written = new byte[frame.Length];
        WireFormat.WritePrefix(written, schemaId);
        body.CopyTo(written.AsSpan(WireFormat.PrefixBytes));
        written.ShouldBe(frame, id);
    }

    [Theory, MemberData(nameof(Cases))]
    public void A_body_holds_the_value_in_its_own_and_in_another_schema(string id)
    {
        var golden = Golden.Case("wire-format", id);
        var writer = AvroSchema.Parse(golden.GetProperty("schema").GetRawText());
        var body = golden.Bytes("avro_body_hex");
        var value = GoldenValue.Read(writer, golden.GetProperty("value"));
        if (writer.Type == AvroType.Bytes && writer.LogicalType is null)
        {
            // Confluent's serializers leave the length away where the whole value is plain bytes.
            body.ShouldBe((byte[])value!, id);
            return;
        }
        GoldenValue.Write(writer, GenericEncoding.Decode(writer, body)).ShouldBe(GoldenValue.Write(writer, value), id);
        GenericEncoding.Encode(writer, value).ShouldBe(body, id);

        if (golden.TryGetProperty("reader_schema", out var readerSchema))
        {
            var reader = AvroSchema.Parse(readerSchema.GetRawText());
            var resolved = GenericEncoding.Decode(reader, ResolutionPlan.Create(writer, reader).Rewrite(body));
            GoldenValue.Write(reader, resolved).ShouldBe(GoldenValue.Write(reader, GoldenValue.Read(reader, golden.GetProperty("resolved_value"))), id);
        }
    }

    [Theory, MemberData(nameof(Users))]
    public void Our_serializer_writes_the_same_frame_and_our_deserializer_reads_it(string id)
    {
        var golden = Golden.Case("wire-format", id);
        var value = golden.GetProperty("value");
        var user = new User(value.GetProperty("id").GetInt64(), value.Text("name"), value.GetProperty("email").GetProperty("value").GetString());
        var registry = new KnownSchemas().NextId(golden.GetProperty("schema_id").GetInt32());
        var strategy = golden.Text("subject_strategy") switch
        {
            "topic" => SubjectNameStrategy.Topic,
            "record" => SubjectNameStrategy.Record,
            _ => SubjectNameStrategy.TopicRecord,
        };
        var context = new SerializationContext(golden.Text("field") == "key" ? MessageComponentType.Key : MessageComponentType.Value, golden.Text("topic"));

        var frame = new AvroSerializer<User>(registry, new AvroSerializerOptions { SubjectNameStrategy = strategy }).Serialize(user, context);
        frame.ShouldBe(golden.Bytes("frame_hex"), id);
        registry.Subjects.ShouldBe([golden.Text("subject")]);
        new AvroDeserializer<User>(registry, AvroRecords.All).Deserialize(frame, isNull: false, context).ShouldBe(user);
    }

    [Theory, MemberData(nameof(Invalid))]
    public void A_frame_that_must_be_rejected_is_an_undecodable_record(string id)
    {
        var golden = Golden.Case("wire-format", id, "invalid");
        var registry = new KnownSchemas();
        foreach (var known in golden.GetProperty("known_schemas").EnumerateObject())
            registry.With(int.Parse(known.Name), known.Value.GetRawText());
        var deserializer = new AvroDeserializer<IAvroRecord>(registry, AvroRecords.All);

        var refused = Should.Throw<UndecodableRecordException>(() => deserializer.Deserialize(golden.Bytes("frame_hex"), new TopicPartitionOffset("orders", 3, 17)), id);
        refused.Message.ShouldStartWith("orders-3@17: ");
        (refused is UnknownSchemaException).ShouldBe(golden.Text("why").Contains("id"), id);
    }

    [Fact]
    public void A_record_without_fields_is_its_prefix_alone()
    {
        var golden = Golden.Case("wire-format", "record-empty");
        var registry = new KnownSchemas().NextId(golden.GetProperty("schema_id").GetInt32());
        var frame = new AvroSerializer<Nothing>(registry).Serialize(new Nothing(), new SerializationContext(MessageComponentType.Value, "orders"));
        frame.ShouldBe(golden.Bytes("frame_hex"));
        new AvroDeserializer<Nothing>(registry, AvroRecords.All).Deserialize(frame, new TopicPartitionOffset("orders", 0, 0)).ShouldBe(new Nothing());
    }
}
