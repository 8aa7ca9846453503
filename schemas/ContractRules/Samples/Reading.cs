using System.Text.Json.Nodes;
using Streaming.Avro;
using Streaming.Avro.Resolution;
using Streaming.Avro.Schema;
using Streaming.Contracts.Upcasting;

namespace Streaming.ContractRules.Samples;

/// <summary>Bytes of any version as the newest record: the way every consumer goes.</summary>
internal static class Reading
{
    public static (string Newest, JsonNode? Value) Newest(RecordSchema writer, AvroRecordType record, UpcasterChains chains, ReadOnlySpan<byte> body)
    {
        var newest = chains.Upcast(ResolutionPlan.Create(writer, record.Schema).Decode(record, body));
        return (newest.AvroSchema.FullName, SampleJson.Of(newest.AvroSchema, AvroEncoding.EncodeToArray(newest)));
    }
}
