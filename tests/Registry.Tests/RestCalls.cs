using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Streaming.Registry.Tests;

/// <summary>Bare calls to a registry, as curl would make them.</summary>
internal sealed class RestCalls(string url) : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<Answer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);

    public Task<Answer> PostAsync(string path, string body) => SendAsync(HttpMethod.Post, path, body);

    public Task<Answer> PutAsync(string path, string body) => SendAsync(HttpMethod.Put, path, body);

    /// <summary>Posts a schema the way all of the API's questions about one are asked.</summary>
    public Task<Answer> PostSchemaAsync(string path, string schema) =>
        SendAsync(HttpMethod.Post, path, new JsonObject { ["schema"] = schema }.ToJsonString());

    /// <summary>Registers a schema and returns its id.</summary>
    public async Task<int> RegisterAsync(string subject, string schema)
    {
        var answer = await PostSchemaAsync($"/subjects/{Uri.EscapeDataString(subject)}/versions", schema);
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        return answer.Json!["id"]!.GetValue<int>();
    }

    public async Task<Answer> SendAsync(HttpMethod method, string path, string? body = null, string? credentials = null, (string Name, string Value)? header = null)
    {
        using var request = new HttpRequestMessage(method, url + path);
        // Asked before a long body is sent: a server that refuses it by its length closes the connection in the middle.
        request.Headers.ExpectContinue = body?.Length > 500_000;
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/vnd.schemaregistry.v1+json");
        if (credentials is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        if (header is { } further)
            request.Headers.Add(further.Name, further.Value);
        using var response = await _http.SendAsync(request);
        return new Answer(response.StatusCode, response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsStringAsync());
    }

    public void Dispose() => _http.Dispose();
}

/// <param name="Text">The body as it came.</param>
internal sealed record Answer(HttpStatusCode Status, string? MediaType, string Text)
{
    public JsonNode? Json => JsonNode.Parse(Text);

    public int ErrorCode => Json?["error_code"]?.GetValue<int>() ?? 0;

    /// <summary>Compares the body as JSON.</summary>
    public void ShouldBeJson(string expected)
    {
        Status.ShouldBe(HttpStatusCode.OK, Text);
        JsonNode.DeepEquals(Json, JsonNode.Parse(expected)).ShouldBeTrue($"{Text} is not {expected}");
    }

    public void ShouldBeError(int code, string? saying = null)
    {
        ErrorCode.ShouldBe(code, Text);
        ((int)Status).ShouldBe(code > 999 ? code / 100 : code, Text);
        MediaType.ShouldBe("application/vnd.schemaregistry.v1+json");
        if (saying is not null)
            Json!["message"]!.GetValue<string>().ShouldContain(saying);
    }
}

/// <summary>Schemas that tests register.</summary>
internal static class SomeSchemas
{
    public static string Record(string name, params string[] fields) =>
        JsonSerializer.Serialize(JsonNode.Parse($$"""{"type":"record","name":"{{name}}","fields":[{{string.Join(",", fields)}}]}"""));

    public const string Id = """{"name":"id","type":"long"}""";
    public const string Required = """{"name":"note","type":"string"}""";
    public const string Optional = """{"name":"note","type":["null","string"],"default":null}""";
}
