using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Streaming.ElasticSink.Client;

/// <summary>Calls that Elasticsearch 7 to 9 and OpenSearch 1 to 3 have in common, over HTTP. It tries nothing twice: the worker decides that.</summary>
internal sealed class SearchClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly bool _compresses;

    public SearchClient(IOptions<ElasticOptions> options)
    {
        var settings = options.Value;
        _compresses = settings.Compresses;
        _http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), AutomaticDecompression = DecompressionMethods.All })
        {
            BaseAddress = new Uri(settings.Url.TrimEnd('/') + "/"),
            Timeout = TimeSpan.FromMilliseconds(settings.TimeoutMs),
        };
        if (settings.ApiKey.Length > 0)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("ApiKey", settings.ApiKey);
        else if (settings.UserName.Length > 0)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{settings.UserName}:{settings.Password}")));
    }

    /// <summary>Null for 404.</summary>
    /// <exception cref="SearchServerException">Any other error.</exception>
    public async Task<JsonDocument?> TryGetAsync(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        using var response = await _http.SendAsync(request, cancellationToken);
        return response.StatusCode == HttpStatusCode.NotFound ? null : await ReadAsync(response, cancellationToken);
    }

    /// <exception cref="SearchServerException">An error.</exception>
    public async Task<JsonDocument> SendAsync(HttpMethod method, string path, ReadOnlyMemory<byte> body, CancellationToken cancellationToken, string type = "application/json")
    {
        using var request = new HttpRequestMessage(method, path);
        if (!body.IsEmpty)
            request.Content = Content(body, type);
        using var response = await _http.SendAsync(request, cancellationToken);
        return await ReadAsync(response, cancellationToken);
    }

    /// <summary>Has the answer read where it lies, without a tree of it: answers with thousands of parts cost as much as what they answer.</summary>
    /// <exception cref="SearchServerException">An error.</exception>
    public async Task<T> SendAsync<T>(string path, ReadOnlyMemory<byte> body, string type, Func<ReadOnlyMemory<byte>, T> read, CancellationToken cancellationToken)
    {
        // The client's own limit ends with the headers.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_http.Timeout);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = Content(body, type) };
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            if (!response.IsSuccessStatusCode)
                throw await FailureAsync(response, limit.Token);
            using var answer = await BodyAsync(response.Content, limit.Token);
            return read(answer.Written);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"POST {path} was not answered within {_http.Timeout.TotalSeconds:0.#} s.", late);
        }
    }

    /// <summary>Removes an index or a document; one that is not there is removed already.</summary>
    /// <exception cref="SearchServerException">Any other error.</exception>
    public async Task DeleteAsync(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, path);
        using var response = await _http.SendAsync(request, cancellationToken);
        if (response.StatusCode != HttpStatusCode.NotFound)
            (await ReadAsync(response, cancellationToken)).Dispose();
    }

    public void Dispose() => _http.Dispose();

    private ByteArrayContent Content(ReadOnlyMemory<byte> body, string type)
    {
        ByteArrayContent content;
        if (_compresses)
        {
            var packed = new MemoryStream();
            using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
                gzip.Write(body.Span);
            content = new ByteArrayContent(packed.GetBuffer(), 0, (int)packed.Length);
            content.Headers.ContentEncoding.Add("gzip");
        }
        else
        {
            content = new ReadOnlyMemoryBytes(body);
        }

        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return content;
    }

    private static async Task<JsonDocument> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode)
            return await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellationToken), default, cancellationToken);
        throw await FailureAsync(response, cancellationToken);
    }

    private static async Task<PooledBuffer> BodyAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var body = PooledBuffer.For(content.Headers.ContentLength);
        try
        {
            await using var stream = await content.ReadAsStreamAsync(cancellationToken);
            while (await stream.ReadAsync(body.GetMemory(), cancellationToken) is > 0 and var count)
                body.Advance(count);
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    private static async Task<SearchServerException> FailureAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        return new SearchServerException((int)response.StatusCode, ErrorType(text),
            $"{response.RequestMessage!.Method} {response.RequestMessage.RequestUri!.AbsolutePath} was answered by {(int)response.StatusCode}: {text[..Math.Min(text.Length, 1_000)]}");
    }

    private static string ErrorType(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("error", out var error)
                && error.ValueKind == JsonValueKind.Object && error.TryGetProperty("type", out var type) ? type.ToString() : "";
        }
        catch (JsonException)
        {
            return "";   // Something between here and there answered.
        }
    }

    private sealed class ReadOnlyMemoryBytes(ReadOnlyMemory<byte> body) : ByteArrayContent([])
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(body).AsTask();

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) => stream.WriteAsync(body, cancellationToken).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = body.Length;
            return true;
        }
    }
}
