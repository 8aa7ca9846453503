using System.Text;

namespace Streaming.Benchmarks.Commands;

internal static class CommandPosts
{
    /// <summary>Posts a command and waits for its answer, which must be that it was accepted.</summary>
    public static async Task PostCommandAsync(this HttpClient http, string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), content);
        answer.EnsureSuccessStatusCode();
    }
}
