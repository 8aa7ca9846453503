using System.Text;
using System.Text.Json;
using Streaming.Search.Failures;
using Streaming.Search.Indices;
using Streaming.Search.Searching;

namespace Streaming.Search.Api;

/// <summary>Single documents: get, put, create, delete.</summary>
internal sealed class DocumentApi(Catalogue catalogue)
{
    public void Get(ApiRequest request, ApiAnswer answer, string name, string id)
    {
        request.Allow("_source", "_source_includes", "_source_excludes", "realtime");
        var index = catalogue.Single(name);
        var found = index.Get(Encoding.UTF8.GetBytes(id));
        answer.Status = found is null ? 404 : 200;
        WriteDocument(answer.Json, index.Name, id, found, SourceParameters.Read(request));
    }

    public async Task PutAsync(ApiRequest request, ApiAnswer answer, string name, string? id, bool mustCreate)
    {
        request.Allow("refresh", "version", "version_type", "if_seq_no", "if_primary_term", "op_type", "wait_for_active_shards");
        var isRefresh = RefreshPolicy.Read(request);
        var check = Check(request, mustCreate || id is null);
        var index = await catalogue.ForWritingAsync(name);
        await index.Upkeep.MakeRoomAsync();
        id ??= NewId();
        if (request.Body.IsEmpty)
            throw SearchFailure.Parsing("request body is required");
        var result = index.Index(Encoding.UTF8.GetBytes(id), request.Body.Span, check, out var position);
        await RefreshPolicy.CompleteAsync(index, position, isRefresh);
        Write(answer, index, id, result);
    }

    public async Task DeleteAsync(ApiRequest request, ApiAnswer answer, string name, string id)
    {
        request.Allow("refresh", "version", "version_type", "if_seq_no", "if_primary_term", "wait_for_active_shards");
        var isRefresh = RefreshPolicy.Read(request);
        var check = Check(request, mustCreate: false);
        var index = catalogue.Single(name);
        await index.Upkeep.MakeRoomAsync();
        var result = index.Delete(Encoding.UTF8.GetBytes(id), check, out var position);
        await RefreshPolicy.CompleteAsync(index, position, isRefresh);
        Write(answer, index, id, result);
    }

    public static string NewId() => Convert.ToBase64String(Guid.CreateVersion7().ToByteArray(bigEndian: true)).Replace('+', '-').Replace('/', '_').TrimEnd('=');

    public static void WriteDocument(Utf8JsonWriter json, string index, string id, StoredDocument? found, SourceFilter source)
    {
        json.WriteStartObject();
        json.WriteString("_index", index);
        json.WriteString("_id", id);
        if (found is not null)
        {
            json.WriteNumber("_version", found.Version);
            json.WriteNumber("_seq_no", found.Sequence);
            json.WriteNumber("_primary_term", VersionCheck.PrimaryTerm);
        }

        json.WriteBoolean("found", found is not null);
        if (found is not null && source.IsWanted)
        {
            json.WritePropertyName("_source");
            source.Write(json, found.Source);
        }

        json.WriteEndObject();
    }

    private static VersionCheck Check(ApiRequest request, bool mustCreate)
    {
        var type = VersionTypes.Parse(request.Parameter("version_type"));
        mustCreate |= request.Parameter("op_type") switch
        {
            null or "index" => false,
            "create" => true,
            var other => throw SearchFailure.IllegalArgument($"opType must be 'create' or 'index', found: [{other}]"),
        };
        var check = new VersionCheck(type, request.Number("version"), request.Number("if_seq_no"), request.Number("if_primary_term"), mustCreate);
        check.Validate();
        return check;
    }

    private static void Write(ApiAnswer answer, SearchIndex index, string id, in WriteResult result)
    {
        answer.Status = result.Status;
        var json = answer.Json;
        json.WriteStartObject();
        json.WriteString("_index", index.Name);
        json.WriteString("_id", id);
        json.WriteNumber("_version", result.Version);
        json.WriteString("result", result.Result);
        Shards.Write(json, 1);
        json.WriteNumber("_seq_no", result.Sequence);
        json.WriteNumber("_primary_term", VersionCheck.PrimaryTerm);
        json.WriteEndObject();
    }
}
