using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Streaming.Serdes.Registry;

/// <summary>One request to the registry, with retries, synchronously or not by the same code.</summary>
internal sealed class RegistryHttp : IDisposable
{
    private static readonly MediaTypeHeaderValue SchemaRegistryJson = new("application/vnd.schemaregistry.v1+json");

    private readonly HttpClient _http;
    private readonly SchemaRegistryOptions _options;
    private readonly TimeProvider _time;
    private readonly string _base;
    private readonly AuthenticationHeaderValue? _credentials;

    public RegistryHttp(SchemaRegistryOptions options, HttpMessageHandler? handler, TimeProvider time)
    {
        if (!Uri.TryCreate(options.Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw new ArgumentException($"SchemaRegistry:Url is '{options.Url}': give an address such as http://127.0.0.1:8081.");
        (_options, _time, _base) = (options, time, options.Url.TrimEnd('/'));
        if (options.UserName.Length > 0)
        {
            var pair = Encoding.UTF8.GetBytes($"{options.UserName}:{options.Password}");
            _credentials = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(pair));
        }
        // The timeout is per attempt: HttpClient's own does not bound the synchronous Send on every platform.
        _http = new HttpClient(handler ?? new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = 64 << 20,
        };
    }

    public string Address => _base;

    /// <summary>Sends until there is an answer or the retries are used up. With <paramref name="async"/> false the result is complete on return.</summary>
    /// <param name="attempt">What is tried, for messages, as in "looking up schema id 7".</param>
    public async ValueTask<T> SendAsync<T>(
        HttpMethod method, string path, string? body, JsonTypeInfo<T> answer, string attempt, bool async, CancellationToken cancellationToken)
    {
        for (var retry = 0; ; retry++)
        {
            try
            {
                return await SendOnceAsync(method, path, body, answer, attempt, async, cancellationToken);
            }
            catch (RegistryUnavailableException) when (retry < _options.RetriesMax)
            {
                await WaitAsync(_options.RetryBackoff * Math.Pow(2, retry), async, cancellationToken);
            }
        }
    }

    public void Dispose() => _http.Dispose();

    private async ValueTask<T> SendOnceAsync<T>(
        HttpMethod method, string path, string? body, JsonTypeInfo<T> answer, string attempt, bool async, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(_options.RequestTimeout, _time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            using var request = Request(method, path, body);
            using var response = async
                ? await _http.SendAsync(request, ending.Token)
                : _http.Send(request, ending.Token);
            using var stream = async
                ? await response.Content.ReadAsStreamAsync(ending.Token)
                : response.Content.ReadAsStream(ending.Token);
            using var reader = new StreamReader(stream);
            // Complete in memory by now (ResponseContentRead), so this does not block.
            var text = async ? await reader.ReadToEndAsync(ending.Token) : reader.ReadToEnd();
            if (!response.IsSuccessStatusCode)
                throw RegistryErrors.ToException(_base, attempt, response.StatusCode, text);
            return JsonSerializer.Deserialize(text, answer)
                ?? throw new RegistryException($"{_base} answered null to {attempt}: is it a schema registry?", response.StatusCode);
        }
        catch (HttpRequestException cause)
        {
            throw Unavailable(attempt, cause.Message, cause);
        }
        catch (IOException cause)
        {
            throw Unavailable(attempt, cause.Message, cause);
        }
        catch (OperationCanceledException cause) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Unavailable(attempt, $"no answer within {_options.RequestTimeout.TotalSeconds:0.#} s", cause);
        }
        catch (JsonException cause)
        {
            throw new RegistryException($"{_base} answered {attempt} with something other than its API's JSON: is it a schema registry?", cause: cause);
        }
    }

    private HttpRequestMessage Request(HttpMethod method, string path, string? body)
    {
        var request = new HttpRequestMessage(method, _base + path);
        request.Headers.Accept.ParseAdd("application/vnd.schemaregistry.v1+json");
        request.Headers.Accept.ParseAdd("application/json;q=0.9");
        request.Headers.Authorization = _credentials;
        if (body is not null)
            request.Content = new StringContent(body, SchemaRegistryJson);
        return request;
    }

    private RegistryUnavailableException Unavailable(string attempt, string why, Exception cause) => new(
        $"{_base} could not be asked ({attempt}): {why}. Is it running, and is SchemaRegistry:Url right?", status: null, errorCode: 0, cause);

    private async ValueTask WaitAsync(TimeSpan delay, bool async, CancellationToken cancellationToken)
    {
        if (async)
            await Task.Delay(delay, _time, cancellationToken);
        else if (cancellationToken.WaitHandle.WaitOne(delay))
            cancellationToken.ThrowIfCancellationRequested();
    }
}
