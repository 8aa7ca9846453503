using System.Text.Json;

namespace Streaming.CommandHost.Http;

/// <summary>A request's body as a JSON object, or the problem with it.</summary>
internal sealed class JsonBody : IDisposable
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    private readonly JsonDocument? _document;

    private JsonBody(JsonDocument? document, Problem? problem) => (_document, Problem) = (document, problem);

    /// <summary>Null when the body is an object.</summary>
    public Problem? Problem { get; }

    public JsonElement Root => _document!.RootElement;

    public static async Task<JsonBody> ReadAsync(HttpRequest request, int bytesMax, CancellationToken cancellationToken)
    {
        // A page of another origin can send text without asking, but not JSON: this keeps browsers from booking stock on somebody's behalf.
        if (!request.HasJsonContentType())
            return Wrong(StatusCodes.Status415UnsupportedMediaType, "Content-Type is not application/json: send JSON and say so.", "no-json");
        var bytes = await ReadBytesAsync(request, bytesMax, cancellationToken);
        if (bytes is null)
            return Wrong(StatusCodes.Status413PayloadTooLarge, $"The body is too large: send at most {bytesMax} bytes.", "too-large");
        try
        {
            var document = JsonDocument.Parse(bytes.Value, Strict);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return new(document, null);
            document.Dispose();
            return Wrong(StatusCodes.Status400BadRequest, "The body is no JSON object: send {…} with the command's fields.", "malformed-json");
        }
        catch (JsonException cause)
        {
            return Wrong(StatusCodes.Status400BadRequest, $"The body is no JSON: {cause.Message}", "malformed-json");
        }
    }

    public void Dispose() => _document?.Dispose();

    private static async Task<ReadOnlyMemory<byte>?> ReadBytesAsync(HttpRequest request, int bytesMax, CancellationToken cancellationToken)
    {
        var buffer = new byte[(int)Math.Min(request.ContentLength ?? bytesMax, bytesMax) + 1];
        var count = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        if (count == buffer.Length)
            return null;
        return buffer.AsMemory(0, count);
    }

    private static JsonBody Wrong(int status, string detail, string code) => new(null, new(status, "The request cannot be read", detail, code));
}
