using Streaming.Avro.Binary;
using Streaming.Avro.Generic;
using Streaming.Avro.Schema;
using Streaming.Avro.Tests;
using Streaming.Avro.Tests.Generic;

namespace Streaming.Avro.Generator.Tests;

public sealed class GoldenRecordTests(GoldenRecords records) : IClassFixture<GoldenRecords>
{
    /// <summary>Dates and times that .NET's types cannot hold.</summary>
    private static readonly HashSet<string> _beyondYear9999 =
    [
        "date-int-max", "date-int-min", "timestamp-millis-long-min", "timestamp-millis-long-max", "timestamp-micros-long-min", "timestamp-micros-long-max",
        "random-011", "random-018", "random-019", "random-044",
    ];

    public static TheoryData<string> Cases => Golden.Ids("avro-binary");

    [Theory, MemberData(nameof(Cases))]
    public void Bytes_of_other_implementations_make_the_record_and_come_back(string id)
    {
        if (_beyondYear9999.Contains(id))
            Should.Throw<MalformedAvroException>(() => Check(id, isRaw: false), id).Message.ShouldContain("csharpRaw");
        else
            Check(id, isRaw: false);
    }

    [Theory, MemberData(nameof(GoldenRecords.WithLogicalTypes), MemberType = typeof(GoldenRecords))]
    public void With_csharpRaw_every_value_comes_back(string id) => Check(id, isRaw: true);

    private void Check(string id, bool isRaw)
    {
        var golden = Golden.Case("avro-binary", id);
        var schema = AvroSchema.Parse(golden.GetProperty("schema").GetRawText());
        var type = records.Record(id, isRaw);

        var record = AvroEncoding.Decode(type, golden.Bytes("hex"));
        if (golden.Text("mode") == "both")
            Convert.ToHexStringLower(AvroEncoding.EncodeToArray(record, prefixBytes: 0)).ShouldBe(golden.Text("hex"), id);
        record.ShouldBe(AvroEncoding.Decode(type, golden.Bytes("hex")), id);
        record.GetHashCode().ShouldBe(AvroEncoding.Decode(type, golden.Bytes("hex")).GetHashCode(), id);

        // Raw values are compared in the form that the record's own schema gives them.
        if (isRaw)
            return;
        var value = (GenericRecord)ClrValue.Generic(type.Schema, record)!;
        var expected = GoldenValue.Write(schema, GoldenValue.Read(schema, golden.GetProperty("value")));
        GoldenValue.Write(schema, schema is RecordSchema ? value : value.Values[0]).ShouldBe(expected, id);
    }
}
