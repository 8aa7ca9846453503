using System.Text.Json;
using Streaming.Search.Failures;
using Streaming.Search.Indices;
using Streaming.Search.Mapping;

namespace Streaming.Search.Api;

/// <summary>Indices: make, describe, delete; mappings; refresh and flush.</summary>
internal sealed class IndexApi(Catalogue catalogue)
{
    public async Task CreateAsync(ApiRequest request, ApiAnswer answer, string name)
    {
        request.Allow("wait_for_active_shards");
        var (settings, mappings, aliases) = ((JsonElement?)null, (JsonElement?)null, (JsonElement?)null);
        if (request.Json() is { ValueKind: JsonValueKind.Object } body)
        {
            foreach (var part in body.EnumerateObject())
            {
                switch (part.Name)
                {
                    case "settings":
                        settings = part.Value;
                        break;
                    case "mappings":
                        mappings = part.Value;
                        break;
                    case "aliases":
                        aliases = part.Value;
                        break;
                    default:
                        throw SearchFailure.Parsing($"unknown key [{part.Name}] for create index");
                }
            }
        }

        await catalogue.CreateAsync(name, settings, mappings, aliases);
        var json = answer.Json;
        json.WriteStartObject();
        json.WriteBoolean("acknowledged", true);
        json.WriteBoolean("shards_acknowledged", true);
        json.WriteString("index", name);
        json.WriteEndObject();
    }

    public async Task DeleteAsync(ApiRequest request, ApiAnswer answer, string name)
    {
        request.Allow("ignore_unavailable");
        if (name.Contains('*') || name == "_all")
            throw SearchFailure.Unsupported("deleting indices by a pattern");
        foreach (var one in name.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                await catalogue.DeleteAsync(one);
            }
            catch (SearchFailure missing) when (missing.Type == "index_not_found_exception" && request.Flag("ignore_unavailable"))
            {
                // Asked for.
            }
        }

        answer.Acknowledge();
    }

    public void Get(ApiRequest request, ApiAnswer answer, string expression)
    {
        request.Allow();
        var json = answer.Json;
        json.WriteStartObject();
        foreach (var index in catalogue.Resolve(expression))
        {
            json.WriteStartObject(index.Name);
            AliasApi.Write(json, catalogue.Aliases.Of(index.Name));
            json.WritePropertyName("mappings");
            MappingWriter.Write(json, index.Mapping);
            WriteSettings(json, index);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    public void GetMapping(ApiRequest request, ApiAnswer answer, string? expression)
    {
        request.Allow();
        var json = answer.Json;
        json.WriteStartObject();
        foreach (var index in catalogue.Resolve(expression))
        {
            json.WriteStartObject(index.Name);
            json.WritePropertyName("mappings");
            MappingWriter.Write(json, index.Mapping);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    public void PutMapping(ApiRequest request, ApiAnswer answer, string expression)
    {
        request.Allow();
        foreach (var index in catalogue.Resolve(expression))
            index.PutMapping(request.RequiredJson());
        answer.Acknowledge();
    }

    public Task RefreshAsync(ApiRequest request, ApiAnswer answer) => ForEachAsync(request, answer, index => index.Upkeep.RefreshAsync());

    public Task FlushAsync(ApiRequest request, ApiAnswer answer) => ForEachAsync(request, answer, index => index.Upkeep.CommitAsync());

    private async Task ForEachAsync(ApiRequest request, ApiAnswer answer, Func<SearchIndex, Task> act)
    {
        request.Allow();
        var indices = catalogue.Resolve(request.Path.Count > 1 ? request.Path[0] : null);
        foreach (var index in indices)
            await act(index);
        var json = answer.Json;
        json.WriteStartObject();
        Shards.Write(json, indices.Count);
        json.WriteEndObject();
    }

    private static void WriteSettings(Utf8JsonWriter json, SearchIndex index)
    {
        var description = index.Description;
        json.WriteStartObject("settings");
        json.WriteStartObject("index");
        json.WriteString("number_of_shards", $"{description.ShardCount}");
        json.WriteString("number_of_replicas", $"{description.ReplicaCount}");
        json.WriteString("refresh_interval", description.RefreshInterval);
        json.WriteString("max_result_window", $"{description.ResultWindowMax}");
        json.WriteString("uuid", description.Uuid);
        json.WriteString("creation_date", $"{description.CreatedAt.ToUnixTimeMilliseconds()}");
        json.WriteString("provided_name", index.Name);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
