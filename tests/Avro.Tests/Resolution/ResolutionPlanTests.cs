using System.Text.Json;
using Streaming.Avro.Binary;
using Streaming.Avro.Generic;
using Streaming.Avro.Resolution;
using Streaming.Avro.Schema;
using Streaming.Avro.Tests.Generic;

namespace Streaming.Avro.Tests.Resolution;

public sealed class ResolutionPlanTests
{
    public static TheoryData<string> Cases => Golden.Ids("avro-resolution");

    public static TheoryData<string> MalformedPayloads => Golden.Ids("avro-invalid", "payloads", item => item.TryGetProperty("reader_schema", out _));

    [Theory, MemberData(nameof(Cases))]
    public void Data_of_the_writer_are_read_as_other_implementations_do(string id)
    {
        var golden = Golden.Case("avro-resolution", id);
        var writer = AvroSchema.Parse(golden.GetProperty("writer_schema").GetRawText());
        var reader = AvroSchema.Parse(golden.GetProperty("reader_schema").GetRawText());
        List<JsonElement> acceptable = [golden.GetProperty("expected")];
        if (golden.TryGetProperty("also_acceptable", out var others))
            acceptable.AddRange(others.EnumerateArray());

        var expected = acceptable.Select(answer => answer.GetProperty("error").GetBoolean()
            ? "error"
            : GoldenValue.Write(reader, GoldenValue.Read(reader, answer.GetProperty("value"))));
        expected.ShouldContain(Resolved(writer, reader, golden.Bytes("hex")), id);
    }

    [Theory, MemberData(nameof(MalformedPayloads))]
    public void A_malformed_payload_is_refused_also_where_the_reader_skips_it(string id)
    {
        var golden = Golden.Case("avro-invalid", id, "payloads");
        var reader = AvroSchema.Parse(golden.GetProperty("reader_schema").GetRawText());
        var plan = ResolutionPlan.Create(AvroSchema.Parse(golden.GetProperty("schema").GetRawText()), reader);

        Should.Throw<MalformedAvroException>(() => GenericEncoding.Decode(reader, plan.Rewrite(golden.Bytes("hex"))), id);
    }

    [Fact]
    public void Schemas_that_differ_in_words_only_need_no_rewriting()
    {
        var writer = AvroSchema.Parse("""{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]}""");
        var reader = AvroSchema.Parse("""{"type": "record", "name": "R", "doc": "x", "fields": [{"name": "a", "type": {"type": "int", "logicalType": "date"}, "default": 1}]}""");

        ResolutionPlan.Create(writer, reader).IsIdentity.ShouldBeTrue();
    }

    [Fact]
    public void What_can_never_fit_is_said_when_the_plan_is_made()
    {
        var writer = AvroSchema.Parse("""{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]}""");
        var reader = AvroSchema.Parse("""{"type": "record", "name": "R", "fields": [{"name": "b", "type": "int"}]}""");

        Should.Throw<UnresolvableSchemaException>(() => ResolutionPlan.Create(writer, reader)).Message.ShouldContain("R.b");
    }

    [Fact]
    public void A_branch_that_cannot_be_read_is_no_way_around_for_the_others()
    {
        // A can't be read: its field z has no default. B can, but for the A within it.
        const string writerText = """
            [{"type": "record", "name": "A", "fields": [{"name": "b", "type": ["null", {"type": "record", "name": "B", "fields": [{"name": "a", "type": ["null", "A"]}]}]}]}, "B"]
            """;
        var writer = AvroSchema.Parse(writerText);
        var reader = AvroSchema.Parse(writerText.Replace("]}]}]}, \"B\"]", "]}]}, {\"name\": \"z\", \"type\": \"int\"}]}, \"B\"]"));
        var plan = ResolutionPlan.Create(writer, reader);

        plan.Rewrite([2, 0]).ShouldBe([2, 0]);
        Should.Throw<UnresolvableSchemaException>(() => plan.Rewrite([0, 0]));
        Should.Throw<UnresolvableSchemaException>(() => plan.Rewrite([2, 2, 0])).Message.ShouldContain("A.z");
    }

    private static string Resolved(AvroSchema writer, AvroSchema reader, byte[] bytes)
    {
        try
        {
            return GoldenValue.Write(reader, GenericEncoding.Decode(reader, ResolutionPlan.Create(writer, reader).Rewrite(bytes)));
        }
        catch (UnresolvableSchemaException)
        {
            return "error";
        }
    }
}
