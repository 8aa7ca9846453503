using System.Text.Json;

namespace Streaming.CommandHost.Tests.Running;

/// <summary>A response, read to its end.</summary>
internal sealed record Answer(int Status, string? ContentType, string? ETag, string? Location, string Text)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public string? Code => Json.GetProperty("code").GetString();

    public string? Detail => Json.GetProperty("detail").GetString();

    public static async Task<Answer> ReadAsync(HttpResponseMessage response)
    {
        using (response)
        {
            return new(
                (int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, response.Headers.ETag?.Tag,
                response.Headers.Location?.OriginalString, await response.Content.ReadAsStringAsync());
        }
    }
}
