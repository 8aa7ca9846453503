using System.IO.Compression;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Streaming.Search.Failures;

namespace Streaming.Search.Api;

/// <summary>One call of the API: its path in parts, its parameters, its body.</summary>
internal sealed class ApiRequest : IDisposable
{
    private static readonly JsonDocumentOptions _jsonOptions = new() { MaxDepth = 64 };
    private readonly IQueryCollection _query;
    private readonly PooledBuffer _body;
    private JsonDocument? _json;

    private ApiRequest(string method, IReadOnlyList<string> path, IQueryCollection query, PooledBuffer body) =>
        (Method, Path, _query, _body) = (method, path, query, body);

    public string Method { get; }

    /// <summary>Each part unescaped on its own: an id may hold a slash.</summary>
    public IReadOnlyList<string> Path { get; }

    public ReadOnlyMemory<byte> Body => _body.Written;

    /// <exception cref="SearchFailure">413, or a body that cannot be unpacked.</exception>
    public static async Task<ApiRequest> ReadAsync(HttpContext context, int bytesMax)
    {
        var request = context.Request;
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var end = target.IndexOf('?');
        var path = (end < 0 ? target : target[..end]).Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString).ToList();
        if (request.ContentLength > bytesMax)
            throw SearchFailure.TooLarge(bytesMax);
        var body = PooledBuffer.For(request.ContentLength);
        try
        {
            await FillAsync(body, request, bytesMax, context.RequestAborted);
            return new ApiRequest(request.Method, path, request.Query, body);
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public string? Parameter(string name) => _query.TryGetValue(name, out var value) ? value.ToString() : null;

    /// <summary>A parameter that is true when it is there without a value.</summary>
    public bool Flag(string name) => Parameter(name) switch
    {
        null or "false" => false,
        "" or "true" => true,
        var other => throw SearchFailure.IllegalArgument($"Failed to parse value [{other}] as only [true] or [false] are allowed."),
    };

    public long? Number(string name) => Parameter(name) is not { } text ? null
        : long.TryParse(text, out var number) ? number
        : throw SearchFailure.IllegalArgument($"Failed to parse long parameter [{name}] with value [{text}]");

    /// <summary>Refuses parameters that would change the answer and are not served.</summary>
    public void Allow(params ReadOnlySpan<string> names)
    {
        foreach (var (name, _) in _query)
        {
            if (name is not ("pretty" or "timeout" or "master_timeout" or "cluster_manager_timeout") && !names.Contains(name))
                throw SearchFailure.IllegalArgument($"request [/{string.Join('/', Path)}] contains unrecognized parameter: [{name}]");
        }
    }

    /// <summary>The body as JSON; null when there is none.</summary>
    /// <exception cref="SearchFailure">It is no JSON.</exception>
    public JsonElement? Json()
    {
        if (Body.IsEmpty)
            return null;
        try
        {
            return (_json ??= JsonDocument.Parse(Body, _jsonOptions)).RootElement;
        }
        catch (JsonException cause)
        {
            throw SearchFailure.Parsing($"the body is no JSON: {cause.Message}", cause);
        }
    }

    public JsonElement RequiredJson() => Json() ?? throw SearchFailure.Parsing("request body is required");

    public void Dispose()
    {
        _json?.Dispose();
        _body.Dispose();
    }

    private static async Task FillAsync(PooledBuffer body, HttpRequest request, int bytesMax, CancellationToken cancellationToken)
    {
        var encoding = request.Headers.ContentEncoding.ToString();
        if (encoding is not ("" or "identity" or "gzip"))
            throw SearchFailure.Unsupported($"the content encoding [{encoding}]");
        await using var unpacked = encoding == "gzip" ? new GZipStream(request.Body, CompressionMode.Decompress) : null;
        var from = unpacked ?? request.Body;
        try
        {
            while (await from.ReadAsync(body.GetMemory(), cancellationToken) is > 0 and var count)
            {
                body.Advance(count);
                if (body.Count > bytesMax)
                    throw SearchFailure.TooLarge(bytesMax);
            }
        }
        catch (InvalidDataException cause)
        {
            throw SearchFailure.Parsing($"the body is no gzip: {cause.Message}", cause);
        }
    }
}
