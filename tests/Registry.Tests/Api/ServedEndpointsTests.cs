using System.Text.RegularExpressions;
using Streaming.Fixtures;

namespace Streaming.Registry.Tests.Api;

/// <summary>The page says which of Confluent's endpoints are served; this asks each.</summary>
public sealed partial class ServedEndpointsTests(EmbeddedRegistryFixture registry) : IClassFixture<EmbeddedRegistryFixture>, IDisposable
{
    private readonly RestCalls _calls = new(registry.Url);

    public static TheoryData<string, string, bool> Endpoints
    {
        get
        {
            var page = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "README.md"));
            var rows = page.Where(line => line.StartsWith("| `", StringComparison.Ordinal)).ToList();
            var data = new TheoryData<string, string, bool>();
            foreach (var row in rows)
            {
                foreach (Match endpoint in Endpoint().Matches(row.Split('|')[1]))
                    data.Add(endpoint.Groups["method"].Value, endpoint.Groups["path"].Value, !row.EndsWith("| no |", StringComparison.Ordinal));
            }
            return data;
        }
    }

    [Fact]
    public void The_page_lists_endpoints() => Endpoints.Count.ShouldBeGreaterThan(30);

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task What_the_page_says_of_an_endpoint_is_so(string method, string path, bool isServed)
    {
        var concrete = path.Replace("{subject}", "s", StringComparison.Ordinal).Replace("{version}", "1", StringComparison.Ordinal).Replace("{id}", "2147483647", StringComparison.Ordinal)
            .Replace("{guid}", Guid.Empty.ToString(), StringComparison.Ordinal).Replace("{context}", ".", StringComparison.Ordinal);
        var answer = await _calls.SendAsync(new HttpMethod(method), concrete, method is "PUT" or "POST" ? "{}" : null);

        // What is not served is said with the HTTP status alone; what is served answers, or says what it misses with a code of its own.
        var isRefused = (int)answer.Status is 404 or 405 && answer.ErrorCode == (int)answer.Status;
        isRefused.ShouldBe(!isServed, $"{method} {concrete}: {answer.Text}");
    }

    public void Dispose() => _calls.Dispose();

    [GeneratedRegex("`(?<method>[A-Z]+) (?<path>[^` ]+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Endpoint();
}
