using System.Text.RegularExpressions;

namespace Streaming.Architecture.Tests;

/// <summary>What the documentation names exists.</summary>
public sealed partial class DocumentationTests
{
    private readonly SourceTree _tree = SourceTree.Read();

    [Fact]
    public void Every_file_that_the_documentation_names_exists()
    {
        foreach (var page in Pages())
        {
            var missing = NamedFiles().Matches(File.ReadAllText(page)).Select(match => match.Groups["path"].Value)
                .Where(path => !File.Exists(Path.Combine(_tree.Root, path)));
            missing.ShouldBeEmpty(Path.GetFileName(page));
        }
    }

    [Fact]
    public void Every_link_between_pages_leads_somewhere()
    {
        foreach (var page in Pages())
        {
            var missing = Links().Matches(File.ReadAllText(page)).Select(match => match.Groups["path"].Value)
                .Where(path => !Path.Exists(Path.Combine(Path.GetDirectoryName(page)!, path)));
            missing.ShouldBeEmpty(Path.GetFileName(page));
        }
    }

    private IEnumerable<string> Pages() =>
        Directory.EnumerateFiles(Path.Combine(_tree.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Concat([Path.Combine(_tree.Root, "README.md"), Path.Combine(_tree.Root, "samples", "README.md")]);

    [GeneratedRegex("`(?<path>(schemas|producers|consumers|infra|tests|samples)/[A-Za-z0-9./-]+\\.[a-z]+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex NamedFiles();

    [GeneratedRegex("\\]\\((?<path>[^)#:]+)\\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Links();
}
