using System.Globalization;
using System.Text.RegularExpressions;

namespace Streaming.Broker.Tests.Protocol;

/// <summary>What the file of one API says of it: number, versions served, purpose, what each version brought, what is left out, and where it is defined.</summary>
internal sealed partial record ApiDescription(string Name, short Key, short Lowest, short Highest, string Purpose, string Versions, string LeftOut, string Source)
{
    /// <summary>Reads the documentation above every class that implements an API.</summary>
    public static IReadOnlyList<ApiDescription> ReadAll(string brokerFolder) =>
    [
        .. Directory.EnumerateFiles(brokerFolder, "*.cs", SearchOption.AllDirectories)
            .SelectMany(path => Apis().Matches(File.ReadAllText(path)).Select(Read))
            .OrderBy(api => api.Key),
    ];

    private static ApiDescription Read(Match api)
    {
        var summary = Summary().Match(Text(api.Groups["summary"].Value));
        if (!summary.Success)
            throw new FormatException($"{api.Groups["name"].Value}: its summary does not open with name, key and versions, such as 'Fetch (key 1), v4–v17: …'.");
        var remarks = Text(api.Groups["remarks"].Value);
        var (before, source) = Cut(remarks, "Source: ");
        var (versions, leftOut) = Cut(before, "Left out: ");
        var lowest = Number(summary, "lowest");
        return new ApiDescription(
            summary.Groups["name"].Value, Number(summary, "key"), lowest, summary.Groups["highest"].Success ? Number(summary, "highest") : lowest,
            summary.Groups["purpose"].Value, versions, leftOut, source);
    }

    // Line ends and tags of the documentation are not the page's.
    private static string Text(string documentation) =>
        Spaces().Replace(documentation.Replace("///", "", StringComparison.Ordinal).Replace("<c>", "`", StringComparison.Ordinal).Replace("</c>", "`", StringComparison.Ordinal), " ").Trim();

    private static (string Before, string After) Cut(string text, string at) =>
        text.IndexOf(at, StringComparison.Ordinal) is >= 0 and var index ? (text[..index].Trim(), text[(index + at.Length)..].Trim()) : (text, "");

    private static short Number(Match match, string group) => short.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"/// <summary>(?<summary>[^<]*(?:<c>[^<]*</c>[^<]*)*)</summary>\s*(?:/// <remarks>(?<remarks>.*?)</remarks>\s*)?(?:internal|public) sealed class (?<name>\w+)(\([^{]*)?\s*: IApi<", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Apis();

    [GeneratedRegex(@"^(?<name>\w+) \(key (?<key>\d+)\), v(?<lowest>\d+)(–v(?<highest>\d+))?(: (?<purpose>.*)|\.)$", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Summary();

    [GeneratedRegex(@"\s+", RegexOptions.None, 1_000)]
    private static partial Regex Spaces();
}
