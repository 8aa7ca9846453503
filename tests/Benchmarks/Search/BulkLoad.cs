using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Streaming.Benchmarks.Search;

/// <summary>Orders as documents: written in bulk by one client, and asked for.</summary>
internal sealed class BulkLoad(string url, string index) : IDisposable
{
    public const int BatchCount = 5_000;
    private const int AskCount = 20;
    private static readonly string[] Words = ["red", "green", "blue", "widget", "gadget", "large", "small", "fox", "quick", "brown", "steel", "paper"];

    private readonly HttpClient _http = new() { BaseAddress = new Uri(url), Timeout = TimeSpan.FromMinutes(5) };

    public Task CreateAsync() => SendAsync(HttpMethod.Put, $"/{index}", """
        {"settings":{"number_of_shards":1,"number_of_replicas":0},"mappings":{"dynamic":"strict","properties":{"orderId":{"type":"keyword"},"customer":{"type":"keyword"},
         "status":{"type":"keyword"},"placedAt":{"type":"date"},"total":{"type":"double"},"lines":{"type":"integer"},"paid":{"type":"boolean"},"note":{"type":"text"}}}}
        """);

    public Task DeleteAsync() => SendAsync(HttpMethod.Delete, $"/{index}", "");

    /// <summary>From the first request to the last answer. Bodies are made before, as far as memory allows: one ahead.</summary>
    public async Task<TimeSpan> WriteAsync(int documentCount)
    {
        var elapsed = TimeSpan.Zero;
        for (var first = 0; first < documentCount; first += BatchCount)
        {
            var body = Body(first, Math.Min(BatchCount, documentCount - first));
            var started = Stopwatch.GetTimestamp();
            var answer = await SendAsync(HttpMethod.Post, $"/{index}/_bulk", body, "application/x-ndjson");
            elapsed += Stopwatch.GetElapsedTime(started);
            if (!answer.Contains("\"errors\":false", StringComparison.Ordinal))
                throw new InvalidOperationException($"Not every document was written: {answer[..500]}");
        }

        return elapsed;
    }

    public async Task<List<(string What, double Ms)>> AskAsync()
    {
        await SendAsync(HttpMethod.Post, $"/{index}/_refresh", "");
        var measured = new List<(string, double)>();
        foreach (var (what, body) in new[]
        {
            ("words, best 10", """{"query":{"match":{"note":"quick widget"}}}"""),
            ("filter, by date, 50", """{"query":{"bool":{"filter":[{"term":{"status":"placed"}},{"range":{"placedAt":{"gte":"2022-06"}}}]}},"sort":[{"placedAt":"desc"},{"orderId":"asc"}],"size":50}"""),
            ("sums by month", """{"size":0,"query":{"term":{"status":"paid"}},"aggs":{"m":{"date_histogram":{"field":"placedAt","calendar_interval":"month"},"aggs":{"s":{"sum":{"field":"total"}}}}}}"""),
        })
        {
            for (var i = 0; i < AskCount; i++)
            {
                var started = Stopwatch.GetTimestamp();
                await SendAsync(HttpMethod.Post, $"/{index}/_search", body);
                if (i >= AskCount / 2)   // Warm.
                    measured.Add((what, Stopwatch.GetElapsedTime(started).TotalMilliseconds));
            }
        }

        return measured;
    }

    public void Dispose() => _http.Dispose();

    private static string Body(int first, int count)
    {
        var body = new StringBuilder(count * 380);
        for (var number = first; number < first + count; number++)
        {
            var random = new Random(number);
            body.Append(CultureInfo.InvariantCulture, $"{{\"index\":{{\"_id\":\"order-{number:D9}\"}}}}\n");
            body.Append(CultureInfo.InvariantCulture, $"{{\"orderId\":\"order-{number:D9}\",\"customer\":\"customer-{random.Next(100_000):D6}\",\"status\":\"{(number % 3) switch { 0 => "placed", 1 => "paid", _ => "shipped" }}\",");
            body.Append(CultureInfo.InvariantCulture, $"\"placedAt\":\"{DateTime.UnixEpoch.AddYears(52).AddSeconds(random.Next(31_536_000)):yyyy-MM-ddTHH:mm:ssZ}\",\"total\":{random.Next(1_000_000) / 100.0},\"lines\":{random.Next(1, 9)},");
            body.Append(CultureInfo.InvariantCulture, $"\"paid\":{(number % 2 == 0 ? "true" : "false")},\"note\":\"");
            for (var word = 0; word < 18; word++)
                body.Append(Words[random.Next(Words.Length)]).Append(' ');
            body.Append("\"}\n");
        }

        return body.ToString();
    }

    private async Task<string> SendAsync(HttpMethod method, string path, string body, string type = "application/json")
    {
        using var request = new HttpRequestMessage(method, path);
        if (body.Length > 0)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        }

        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode ? text : throw new InvalidOperationException($"{method} {path}: {text[..Math.Min(text.Length, 500)]}");
    }
}
