using Microsoft.AspNetCore.Http;
using Streaming.Search.Failures;
using Streaming.Search.Indices;

namespace Streaming.Search.Api;

/// <summary>Finds what serves a call. What is served nowhere is refused by its path: nothing is taken for something else.</summary>
internal sealed class Router(Catalogue catalogue)
{
    private readonly NodeApi _node = new(catalogue);
    private readonly IndexApi _indices = new(catalogue);
    private readonly AliasApi _aliases = new(catalogue);
    private readonly DocumentApi _documents = new(catalogue);
    private readonly MultiGetApi _multiGet = new(catalogue);
    private readonly BulkApi _bulk = new(catalogue);
    private readonly SearchApi _search = new(catalogue);

    public Task AnswerAsync(ApiRequest request, ApiAnswer answer)
    {
        var method = request.Method == HttpMethods.Head ? HttpMethods.Get : request.Method;
        return request.Path switch
        {
            [] when method == "GET" => Done(() => NodeApi.Describe(request, answer)),
            ["_cluster", "health"] or ["_cluster", "health", _] when method == "GET" => Done(() => _node.Health(request, answer)),
            ["_bulk"] or [_, "_bulk"] when method is "POST" or "PUT" => _bulk.RunAsync(request, answer),
            ["_mget"] or [_, "_mget"] when method is "POST" or "GET" => Done(() => _multiGet.Run(request, answer)),
            ["_search"] or [_, "_search"] when method is "POST" or "GET" => Done(() => _search.Search(request, answer)),
            ["_count"] or [_, "_count"] when method is "POST" or "GET" => Done(() => _search.Count(request, answer)),
            ["_refresh"] or [_, "_refresh"] when method is "POST" or "GET" => _indices.RefreshAsync(request, answer),
            ["_flush"] or [_, "_flush"] when method is "POST" or "GET" => _indices.FlushAsync(request, answer),
            ["_aliases"] when method == "POST" => _aliases.ChangeAsync(request, answer),
            ["_alias"] or ["_alias", _] when method == "GET" => Done(() => _aliases.Get(request, answer, null, request.Path.Count > 1 ? request.Path[1] : null)),
            ["_mapping"] when method == "GET" => Done(() => _indices.GetMapping(request, answer, null)),
            [var index, "_alias"] when method == "GET" => Done(() => _aliases.Get(request, answer, index, null)),
            [var index, "_alias", var name] when method == "GET" => Done(() => _aliases.Get(request, answer, index, name)),
            [var index, "_alias" or "_aliases", var name] when method is "PUT" or "POST" => _aliases.PutAsync(request, answer, index, name),
            [var index, "_alias" or "_aliases", var name] when method == "DELETE" => _aliases.DeleteAsync(request, answer, index, name),
            [var index, "_mapping"] when method == "GET" => Done(() => _indices.GetMapping(request, answer, index)),
            [var index, "_mapping"] when method is "PUT" or "POST" => Done(() => _indices.PutMapping(request, answer, index)),
            [var index, "_doc"] when method == "POST" => _documents.PutAsync(request, answer, index, null, mustCreate: false),
            [var index, "_doc", var id] when method == "GET" => Done(() => _documents.Get(request, answer, index, id)),
            [var index, "_doc", var id] when method is "PUT" or "POST" => _documents.PutAsync(request, answer, index, id, mustCreate: false),
            [var index, "_create", var id] when method is "PUT" or "POST" => _documents.PutAsync(request, answer, index, id, mustCreate: true),
            [var index, "_doc", var id] when method == "DELETE" => _documents.DeleteAsync(request, answer, index, id),
            [var index] when method == "GET" && !index.StartsWith('_') => Done(() => _indices.Get(request, answer, index)),
            [var index] when method == "PUT" && !index.StartsWith('_') => _indices.CreateAsync(request, answer, index),
            [var index] when method == "DELETE" && !index.StartsWith('_') => _indices.DeleteAsync(request, answer, index),
            _ => throw SearchFailure.Unsupported($"{request.Method} /{string.Join('/', request.Path)}"),
        };
    }

    private static Task Done(Action act)
    {
        act();
        return Task.CompletedTask;
    }
}
