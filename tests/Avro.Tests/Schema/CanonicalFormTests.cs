using System.Globalization;
using System.Text.Json;
using Streaming.Avro.Schema;

namespace Streaming.Avro.Tests.Schema;

public sealed class CanonicalFormTests
{
    public static TheoryData<string> Cases => Golden.Ids("avro-canonical");

    [Theory, MemberData(nameof(Cases))]
    public void Canonical_form_and_fingerprint_are_those_of_Java(string id)
    {
        var golden = Golden.Case("avro-canonical", id);
        var schema = AvroSchema.Parse(golden.Text("schema_text"));

        schema.CanonicalForm.ShouldBe(golden.Text("canonical_form"), id);
        schema.Fingerprint.ToString("x16", CultureInfo.InvariantCulture).ShouldBe(golden.GetProperty("crc64_avro").Text("hex_big_endian"), id);
    }

    // The form says no empty namespace (specification, STRIP), so a name that leaves the namespace around it joins it when it is read again.
    public static TheoryData<string> CasesThatNameTheirNamespace => Golden.Ids("avro-canonical", where: item => item.Text("id") != "record-namespace-reset");

    [Theory, MemberData(nameof(CasesThatNameTheirNamespace))]
    public void The_canonical_form_is_its_own_canonical_form(string id)
    {
        var form = Golden.Case("avro-canonical", id).Text("canonical_form");
        AvroSchema.Parse(form).CanonicalForm.ShouldBe(form, id);
    }

    [Theory, MemberData(nameof(Cases))]
    public void The_full_text_of_a_schema_parses_to_the_same_schema(string id)
    {
        var schema = AvroSchema.Parse(Golden.Case("avro-canonical", id).Text("schema_text"));
        var again = AvroSchema.Parse(schema.ToString());

        again.CanonicalForm.ShouldBe(schema.CanonicalForm, id);
        again.ToString().ShouldBe(schema.ToString(), id);
        Should.NotThrow(() => JsonDocument.Parse(schema.ToString()).Dispose(), id);
    }
}
