using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Streaming.Search.Tests.Support;

/// <summary>Calls of the API as a client makes them.</summary>
internal sealed class SearchCalls(string url) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = new Uri(url + "/") };

    public async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path.TrimStart('/')) { Content = content };
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Answer((int)response.StatusCode, text.Length > 0 && text[0] == '{' ? JsonNode.Parse(text)! : new JsonObject(), text);
    }

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<Answer> HeadAsync(string path) => SendAsync(HttpMethod.Head, path);

    public Task<Answer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);

    public Task<Answer> PutAsync(string path, string json) => SendAsync(HttpMethod.Put, path, Json(json));

    public Task<Answer> PostAsync(string path, string json = "") => SendAsync(HttpMethod.Post, path, json.Length == 0 ? null : Json(json));

    /// <summary>Lines with a newline behind each.</summary>
    public Task<Answer> BulkAsync(string path, params IEnumerable<string> lines) => BulkBytesAsync(path, Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))));

    public Task<Answer> BulkBytesAsync(string path, byte[] body, string? encoding = null)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        if (encoding is not null)
            content.Headers.ContentEncoding.Add(encoding);
        return SendAsync(HttpMethod.Post, path, content);
    }

    public async Task<Answer> SearchAsync(string index, string body)
    {
        var answer = await PostAsync($"/{index}/_search", body);
        answer.Status.ShouldBe(200, answer.Text);
        return answer;
    }

    /// <summary>Ids of the hits, in their order.</summary>
    public async Task<string[]> IdsAsync(string index, string body) => [.. (await SearchAsync(index, body)).Hits.Select(hit => (string)hit!["_id"]!)];

    public void Dispose() => _http.Dispose();

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");
}

internal sealed record Answer(int Status, JsonNode Json, string Text)
{
    public JsonArray Hits => Json["hits"]!["hits"]!.AsArray();

    public string? ErrorType => (string?)Json["error"]?["type"];

    public JsonArray Items => Json["items"]!.AsArray();

    public void ShouldBe(int status, string? errorType = null)
    {
        Status.ShouldBe(status, Text);
        if (errorType is not null)
            ErrorType.ShouldBe(errorType, Text);
    }
}
