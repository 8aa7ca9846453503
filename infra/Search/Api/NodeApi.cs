using Streaming.Search.Indices;

namespace Streaming.Search.Api;

/// <summary><c>GET /</c> and <c>GET /_cluster/health</c>.</summary>
internal sealed class NodeApi(Catalogue catalogue)
{
    // The newest API that Elasticsearch and OpenSearch have in common: what is served here is a part of it.
    private const string ApiVersion = "7.10.2";

    public static void Describe(ApiRequest request, ApiAnswer answer)
    {
        request.Allow();
        var json = answer.Json;
        json.WriteStartObject();
        json.WriteString("name", "streaming-search");
        json.WriteString("cluster_name", "streaming");
        json.WriteStartObject("version");
        json.WriteString("distribution", "streaming");
        json.WriteString("number", ApiVersion);
        json.WriteEndObject();
        json.WriteString("tagline", "A small part of the Elasticsearch API, served by one node.");
        json.WriteEndObject();
    }

    public void Health(ApiRequest request, ApiAnswer answer)
    {
        request.Allow("wait_for_status", "level", "local", "wait_for_no_relocating_shards");
        var (opened, damaged) = (catalogue.Indices.Count(), catalogue.Damaged.Count);
        var json = answer.Json;
        json.WriteStartObject();
        json.WriteString("cluster_name", "streaming");
        json.WriteString("status", damaged > 0 ? "red" : "green");
        json.WriteBoolean("timed_out", false);
        json.WriteNumber("number_of_nodes", 1);
        json.WriteNumber("number_of_data_nodes", 1);
        json.WriteNumber("active_primary_shards", opened);
        json.WriteNumber("active_shards", opened);
        foreach (var none in new[] { "relocating_shards", "initializing_shards" })
            json.WriteNumber(none, 0);
        json.WriteNumber("unassigned_shards", damaged);
        json.WriteNumber("active_shards_percent_as_number", opened + damaged == 0 ? 100.0 : 100.0 * opened / (opened + damaged));
        json.WriteEndObject();
    }
}
