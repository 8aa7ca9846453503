using System.Text.Encodings.Web;
using System.Text.Json;
using Streaming.Registry.Api;
using Streaming.Registry.Store;

namespace Streaming.Registry;

/// <summary>Writes JSON with no more escapes than it needs, as Confluent's registry does: keys of the topic must be the same bytes.</summary>
internal static class RelaxedJson
{
    public static readonly ApiJson Api = new(Relaxed(ApiJson.Default.Options));
    public static readonly StoreJson Store = new(Relaxed(StoreJson.Default.Options));

    private static JsonSerializerOptions Relaxed(JsonSerializerOptions options) => new(options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
