using System.Text;
using System.Text.Json;
using Streaming.Search.Failures;
using Streaming.Search.Indices;
using Streaming.Search.Searching;

namespace Streaming.Search.Api;

/// <summary><c>_mget</c>: several documents by id, as they are now.</summary>
internal sealed class MultiGetApi(Catalogue catalogue)
{
    public void Run(ApiRequest request, ApiAnswer answer)
    {
        request.Allow("_source", "_source_includes", "_source_excludes", "realtime");
        var (otherwise, aliases) = (SourceParameters.Read(request), catalogue.Aliases);
        var name = request.Path.Count > 1 ? request.Path[0] : null;
        var json = answer.Json;
        json.WriteStartObject();
        json.WriteStartArray("docs");
        foreach (var part in request.RequiredJson().EnumerateObject())
        {
            switch (part.Name)
            {
                case "ids" when part.Value.ValueKind == JsonValueKind.Array:
                    foreach (var id in part.Value.EnumerateArray())
                        Write(json, aliases, name ?? throw NoIndex(), id.ToString(), otherwise);
                    break;
                case "docs" when part.Value.ValueKind == JsonValueKind.Array:
                    foreach (var document in part.Value.EnumerateArray())
                        Write(json, aliases, name, document, otherwise);
                    break;
                default:
                    throw SearchFailure.Parsing($"unknown key [{part.Name}] for multi get; docs or ids were expected");
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void Write(Utf8JsonWriter json, Aliases aliases, string? name, JsonElement document, SourceFilter source)
    {
        string? id = null;
        foreach (var part in document.EnumerateObject())
        {
            switch (part.Name)
            {
                case "_index":
                    name = part.Value.GetString();
                    break;
                case "_id":
                    id = part.Value.ToString();
                    break;
                case "_source":
                    source = SourceFilter.Read(part.Value);
                    break;
                default:
                    throw SearchFailure.Unsupported($"[{part.Name}] in a multi get");
            }
        }

        Write(json, aliases, name ?? throw NoIndex(), id ?? throw SearchFailure.IllegalArgument("id is missing for doc"), source);
    }

    private void Write(Utf8JsonWriter json, Aliases aliases, string name, string id, SourceFilter source)
    {
        try
        {
            var index = catalogue.Single(name, aliases);
            DocumentApi.WriteDocument(json, index.Name, id, index.Get(Encoding.UTF8.GetBytes(id)), source);
        }
        catch (SearchFailure failure) when (failure.Status == 404)
        {
            json.WriteStartObject();
            json.WriteString("_index", name);
            json.WriteString("_id", id);
            json.WriteStartObject("error");
            ApiAnswer.WriteCause(json, failure);
            json.WriteEndObject();
            json.WriteEndObject();
        }
    }

    private static SearchFailure NoIndex() => SearchFailure.IllegalArgument("index is missing for doc");
}
