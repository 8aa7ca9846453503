using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Streaming.Cli.Api;

/// <summary>Calls one host. What passes (a host that is starting, a result not there yet) is awaited; anything else is told in one line.</summary>
internal sealed class HostClient(HttpClient http, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>Sends until the answer is final.</summary>
    /// <exception cref="Failure">Nobody answers, or nothing final within 30 s.</exception>
    public async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> request, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var response = await TrySendAsync(request(), cancellationToken);
            if (response.StatusCode is not (HttpStatusCode.Accepted or HttpStatusCode.ServiceUnavailable))
                return response;
            if (time.GetElapsedTime(started) > Patience)
                throw new Failure($"{http.BaseAddress} has no answer after {Patience.TotalSeconds} s: {await ProblemAsync(response, cancellationToken)}");
            response.Dispose();
            await Task.Delay(RetryInterval, time, cancellationToken);
        }
    }

    /// <exception cref="Failure">The answer is not a success; says what the host said.</exception>
    public async Task<T> GetAsync<T>(string path, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(() => new HttpRequestMessage(HttpMethod.Get, path), cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw new Failure($"GET {path}: {await ProblemAsync(response, cancellationToken)}");
        return await response.Content.ReadFromJsonAsync<T>(cancellationToken)
            ?? throw new Failure($"GET {path}: the answer is empty.");
    }

    /// <summary>Status and, where the host gave them (RFC 9457), title and detail.</summary>
    public static async Task<string> ProblemAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = $"{(int)response.StatusCode} {response.ReasonPhrase}";
        if (response.Content.Headers.ContentType?.MediaType != "application/problem+json")
            return status;
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return problem.TryGetProperty("detail", out var detail) ? $"{status}: {detail}" : status;
    }

    private async Task<HttpResponseMessage> TrySendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await http.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException cause)
        {
            throw new Failure($"Nobody answers at {http.BaseAddress}: is the stack running (make up)?", cause);
        }
    }
}
