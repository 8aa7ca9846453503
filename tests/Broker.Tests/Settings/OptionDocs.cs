using System.Text.RegularExpressions;

namespace Streaming.Broker.Tests.Settings;

/// <summary>What a file of options says of its properties.</summary>
internal static partial class OptionDocs
{
    /// <summary>Summaries by the names of the properties.</summary>
    public static IReadOnlyDictionary<string, string> Read(string path) =>
        Properties().Matches(File.ReadAllText(path)).ToDictionary(match => match.Groups["name"].Value, match => Text(match.Groups["summary"].Value));

    // Line ends and tags of the documentation are not the page's, nor is Kafka's name once more.
    private static string Text(string documentation)
    {
        var plain = References().Replace(documentation.Replace("///", "", StringComparison.Ordinal), "`${name}`");
        plain = KafkasNames().Replace(plain, "");
        return Spaces().Replace(plain.Replace("<c>", "`", StringComparison.Ordinal).Replace("</c>", "`", StringComparison.Ordinal), " ").Trim();
    }

    [GeneratedRegex(@"/// <summary>(?<summary>(?:(?!</summary>).)*)</summary>\s*(?:\[[^\n]*\]\s*)*public [\w<>, ]+ (?<name>\w+) \{ get;", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Properties();

    [GeneratedRegex(@"<see cref=""(?<name>\w+)""/>", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex References();

    [GeneratedRegex(@"\s\((Kafka: |"")[a-z.]+""?\)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex KafkasNames();

    [GeneratedRegex(@"\s+", RegexOptions.None, 1_000)]
    private static partial Regex Spaces();
}
