using Streaming.Avro.Binary;
using Streaming.Avro.Generic;
using Streaming.Avro.Schema;

namespace Streaming.Avro.Tests.Binary;

public sealed class MalformedTests
{
    private const long AllocatedBytesMax = 20_000_000;

    public static TheoryData<string> Payloads => Golden.Ids("avro-invalid", "payloads", item => !item.TryGetProperty("reader_schema", out _));

    [Theory, MemberData(nameof(Payloads))]
    public void A_malformed_payload_is_refused_without_large_allocations(string id)
    {
        var golden = Golden.Case("avro-invalid", id, "payloads");
        var schema = AvroSchema.Parse(golden.GetProperty("schema").GetRawText());
        var bytes = golden.Bytes("hex");

        var before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<MalformedAvroException>(() => GenericEncoding.Decode(schema, bytes), id);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(AllocatedBytesMax, id);
    }
}
