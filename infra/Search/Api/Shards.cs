using System.Text.Json;

namespace Streaming.Search.Api;

/// <summary>The part <c>_shards</c> of an answer: an index is one shard here, and there is no copy that could fail on its own.</summary>
internal static class Shards
{
    public static void Write(Utf8JsonWriter json, int count)
    {
        json.WriteStartObject("_shards");
        json.WriteNumber("total", count);
        json.WriteNumber("successful", count);
        json.WriteNumber("failed", 0);
        json.WriteEndObject();
    }
}
