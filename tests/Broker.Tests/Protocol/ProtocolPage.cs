using System.Text;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Protocol;

/// <summary>Writes docs/protocol.md.</summary>
internal static class ProtocolPage
{
    public static string Write(IReadOnlyList<ApiDescription> apis)
    {
        var page = new StringBuilder();
        page.Append("""
            # The Kafka protocol, as the embedded broker speaks it

            This page is written by a test from the documentation that opens each API's file (`infra/Broker/Api`, `infra/Broker/Groups/Api`), and the test compares it
            with what a running broker answers to ApiVersions. A request of an API or a version that is not served ends its connection, as in Apache Kafka;
            ApiVersions itself is answered in version 0 with UNSUPPORTED_VERSION.

            | key | API | versions | what it does |
            | --: | --- | --- | --- |

            """);
        foreach (var api in apis)
            page.Append($"| {api.Key} | [{api.Name}](#{api.Name.ToLowerInvariant()}) | {Range(api)} | {Sentence(api.Purpose)} |\n");
        page.Append($"\nKnown by name, and not served: {string.Join(", ", Unserved(apis))}. Beyond these: what belongs to replication, KRaft controllers, ACLs and delegation tokens.\n");

        page.Append("\n## API by API\n");
        foreach (var api in apis)
        {
            page.Append($"\n### {api.Name}\n\nKey {api.Key}, {Range(api)}. {Sentence(api.Purpose)}\n");
            Append(page, "", api.Versions);
            Append(page, "Left out: ", api.LeftOut);
            Append(page, "Source: ", api.Source);
        }

        return page.ToString();
    }

    private static IEnumerable<string> Unserved(IReadOnlyList<ApiDescription> apis) =>
        Enum.GetValues<ApiKey>().Where(key => apis.All(api => api.Key != (short)key)).Select(key => $"{key} ({(short)key})");

    private static string Range(ApiDescription api) => api.Lowest == api.Highest ? $"v{api.Lowest}" : $"v{api.Lowest}–v{api.Highest}";

    private static string Sentence(string purpose) => purpose.Length == 0 ? "" : char.ToUpperInvariant(purpose[0]) + purpose[1..];

    private static void Append(StringBuilder page, string label, string text)
    {
        if (text.Length > 0)
            page.Append($"\n{label}{text}\n");
    }
}
