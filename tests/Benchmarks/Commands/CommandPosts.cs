using System.Globalization;
using System.Text;

namespace Streaming.Benchmarks.Commands;

internal static class CommandPosts
{
    /// <summary>Posts a command and waits for its answer, which must be that it was accepted.</summary>
    /// <returns>The aggregate's version after it.</returns>
    public static async Task<long> PostCommandAsync(this HttpClient http, string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), content);
        answer.EnsureSuccessStatusCode();
        return long.Parse(answer.Headers.ETag!.Tag.AsSpan().Trim('"'), CultureInfo.InvariantCulture);
    }
}
