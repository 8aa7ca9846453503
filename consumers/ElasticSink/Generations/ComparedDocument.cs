using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Streaming.ElasticSink.Generations;

/// <summary>A document as it is compared: where it comes from, and a hash of its id and of the fields that count.</summary>
internal sealed record ComparedDocument(string Id, string Topic, int Partition, long Offset, UInt128 Hash);

/// <summary>Makes documents comparable. The epoch never counts: it only says how often something was derived.</summary>
internal sealed class DocumentHash(IReadOnlySet<string> notCompared)
{
    private const int ShownMax = 600;
    private static readonly JsonWriterOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly CanonicalJson _canonical = new(new HashSet<string>(notCompared) { "meta.epoch" });
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public ComparedDocument Read(JsonElement hit)
    {
        var id = hit.GetProperty("_id").GetString()!;
        var source = hit.GetProperty("_source");
        _bytes.ResetWrittenCount();
        _bytes.Write(Encoding.UTF8.GetBytes(id));
        _bytes.Write("\n"u8);
        using (var json = new Utf8JsonWriter(_bytes, _options))
            _canonical.Write(json, source);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_bytes.WrittenSpan, hash);
        var (topic, partition, offset) = PlaceOf(source);
        return new(id, topic, partition, offset, BinaryPrimitives.ReadUInt128BigEndian(hash));
    }

    /// <summary>The document for a person.</summary>
    public string Show(JsonElement hit) => Clip(Compared(hit).ToJsonString(new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));

    /// <summary>Of two documents the fields in which they differ.</summary>
    public (string Left, string Right) ShowDifference(JsonElement left, JsonElement right)
    {
        var (ours, theirs) = (Compared(left), Compared(right));
        foreach (var name in ours.Select(field => field.Key).ToList().Where(name => JsonNode.DeepEquals(ours[name], theirs[name])))
        {
            ours.Remove(name);
            theirs.Remove(name);
        }

        return (Clip(ours.ToJsonString()), Clip(theirs.ToJsonString()));
    }

    private static string Clip(string text) => text.Length <= ShownMax ? text : text[..ShownMax] + "…";

    // Flat at its top: what differs within meta is shown as meta.offset, not with all of meta.
    private JsonObject Compared(JsonElement hit)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, _options))
            _canonical.Write(json, hit.GetProperty("_source"));
        var document = JsonNode.Parse(buffer.WrittenSpan)!.AsObject();
        var flat = new JsonObject { ["_id"] = hit.GetProperty("_id").GetString() };
        foreach (var (name, value) in document)
        {
            if (value is JsonObject within)
            {
                foreach (var (inner, itsValue) in within)
                    flat[$"{name}.{inner}"] = itsValue?.DeepClone();
            }
            else
            {
                flat[name] = value?.DeepClone();
            }
        }

        return flat;
    }

    // A document that somebody else put in may say nothing of where it comes from: then it belongs to no partition, and is compared.
    private static (string Topic, int Partition, long Offset) PlaceOf(JsonElement source) =>
        source.TryGetProperty("meta", out var meta) && meta.ValueKind == JsonValueKind.Object
            && meta.TryGetProperty("topic", out var topic) && topic.ValueKind == JsonValueKind.String
            && meta.TryGetProperty("partition", out var partition) && partition.TryGetInt32(out var number)
            && meta.TryGetProperty("offset", out var offset) && offset.TryGetInt64(out var at)
            ? (topic.GetString()!, number, at)
            : ("", -1, -1);
}
