using Streaming.Avro.Generic;
using Streaming.Avro.Schema;

namespace Streaming.Avro.Tests.Generic;

public sealed class GenericEncodingTests
{
    public static TheoryData<string> Cases => Golden.Ids("avro-binary");

    public static TheoryData<string> CasesToEncode => Golden.Ids("avro-binary", where: item => item.Text("mode") == "both");

    [Theory, MemberData(nameof(Cases))]
    public void Bytes_of_other_implementations_give_their_value(string id)
    {
        var golden = Golden.Case("avro-binary", id);
        var schema = AvroSchema.Parse(golden.GetProperty("schema").GetRawText());
        var expected = GoldenValue.Write(schema, GoldenValue.Read(schema, golden.GetProperty("value")));

        GoldenValue.Write(schema, GenericEncoding.Decode(schema, golden.Bytes("hex"))).ShouldBe(expected, id);
        foreach (var other in golden.TryGetProperty("also_decodes_from", out var others) ? others.EnumerateArray() : default)
            GoldenValue.Write(schema, GenericEncoding.Decode(schema, Convert.FromHexString(other.GetString()!))).ShouldBe(expected, id);
    }

    [Theory, MemberData(nameof(CasesToEncode))]
    public void Values_give_the_bytes_of_other_implementations(string id)
    {
        var golden = Golden.Case("avro-binary", id);
        var schema = AvroSchema.Parse(golden.GetProperty("schema").GetRawText());

        Convert.ToHexStringLower(GenericEncoding.Encode(schema, GoldenValue.Read(schema, golden.GetProperty("value")))).ShouldBe(golden.Text("hex"), id);
    }

    [Fact]
    public void A_value_of_another_type_is_refused() =>
        Should.Throw<ArgumentException>(() => GenericEncoding.Encode(PrimitiveSchema.Of(AvroType.Int), 1L)).Message.ShouldContain("Int64 is no int");
}
