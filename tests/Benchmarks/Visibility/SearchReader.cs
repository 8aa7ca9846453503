using System.Net.Http.Json;
using System.Text.Json;

namespace Streaming.Benchmarks.Visibility;

/// <summary>What a search for all products finds.</summary>
internal static class SearchReader
{
    public static async Task<IReadOnlyDictionary<string, long>> ReadAsync(HttpClient http, int count)
    {
        using var answer = await http.PostAsJsonAsync(new Uri("/streaming-products/_search", UriKind.Relative), new { size = count, _source = new[] { "sku", "meta.sequence" } });
        answer.EnsureSuccessStatusCode();
        var found = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return found.GetProperty("hits").GetProperty("hits").EnumerateArray().Select(hit => hit.GetProperty("_source")).ToDictionary(
            source => source.GetProperty("sku").GetString()!, source => source.GetProperty("meta").GetProperty("sequence").GetInt64());
    }
}
