using System.Text.RegularExpressions;

namespace Streaming.Architecture.Tests;

/// <summary>docs/adding-a-consumer.md, word by word: what it has a reader type is typed in a copy of the tree, and what it promises is printed.</summary>
public sealed partial class ConsumerPageTests
{
    private const string End = "--- end of block ---";
    private readonly SourceTree _tree = SourceTree.Read();
    private readonly string _page = File.ReadAllText(Path.Combine(SourceTree.Read().Root, "docs", "adding-a-consumer.md"));

    [Fact]
    public void What_the_page_has_a_reader_type_exists()
    {
        var blocks = Blocks();
        blocks.Count.ShouldBeGreaterThan(5);
        blocks.Count(block => block.Promised is not null).ShouldBeGreaterThan(3);

        var targets = "\n" + File.ReadAllText(Path.Combine(_tree.Root, "Makefile"));
        Makes().Matches(_page).Select(match => match.Groups["target"].Value).Distinct().ShouldAllBe(target => targets.Contains($"\n{target}:"));
        var commands = string.Concat(Directory.EnumerateFiles(Path.Combine(_tree.Root, "infra", "Cli"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        Commands().Matches(_page).SelectMany(match => match.Groups["word"].Captures).Select(word => $"\"{word.Value}\"").Distinct().ShouldAllBe(word => commands.Contains(word));
    }

    [Fact]
    public async Task Its_commands_are_such_that_a_shell_takes_them()
    {
        using var copy = new TreeCopy();
        foreach (var block in Blocks())
        {
            await File.WriteAllTextAsync(copy.At("block.sh"), block.Commands);
            (await copy.RunAsync("bash", "-n", "block.sh")).ShouldBe((0, ""));
        }
    }

    [Fact]
    [Trait("Run", "soak")]
    public async Task The_page_holds_word_by_word()
    {
        using var copy = new TreeCopy("schemas", "consumers", "producers", "infra", "docs", "samples");
        var blocks = Blocks();
        await File.WriteAllTextAsync(copy.At("page.sh"), string.Concat(blocks.Select(block => $"{block.Commands}\necho '{End}'\n")));
        try
        {
            // One shell for all of it: what a block exports, the next one has.
            var (code, said) = await copy.RunAsync("bash", "-e", "page.sh");
            code.ShouldBe(0, said);
            var printed = said.Split(End + "\n");
            for (var i = 0; i < blocks.Count; i++)
            {
                if (blocks[i].Promised is { } promised)
                    Prints(printed[i], promised).ShouldBeTrue($"The page promises\n{promised}\nand this was printed:\n{printed[i]}");
            }
        }
        finally
        {
            await copy.RunAsync("infra/scripts/down.sh");
        }
    }

    [Theory]
    [InlineData("a\nb\n", "a\nb", true)]
    [InlineData("a\nx\ny\nb\n", "a\n…\nb", true)]
    [InlineData("a\nb\n", "a\n…\nb", true)]
    [InlineData("12 events, 0 errors\n", "… events, 0 errors", true)]
    [InlineData("12 events, 1 errors\n", "… events, 0 errors", false)]
    [InlineData("a\nc\n", "a\nb", false)]
    [InlineData("a\nb\nc\n", "a\nb", false)]
    public void Three_dots_stand_for_anything_and_the_rest_for_itself(string printed, string promised, bool expected) => Prints(printed, promised).ShouldBe(expected);

    private static bool Prints(string printed, string promised)
    {
        var lines = promised.Trim('\n').Split('\n').Select(line => line == "…" ? "(.*\n)*" : Regex.Escape(line).Replace("…", ".*") + "\n");
        return Regex.IsMatch(printed.Replace("\r", ""), $"^{string.Concat(lines)}\\s*$", RegexOptions.NonBacktracking);
    }

    /// <summary>Shell blocks in their order, each with the output block that follows it, if one does.</summary>
    private List<(string Commands, string? Promised)> Blocks()
    {
        var fences = Fences().Matches(_page).Select(match => (Kind: match.Groups["kind"].Value, Text: match.Groups["text"].Value)).ToList();
        return [.. fences.Select((fence, i) => (fence, next: i + 1 < fences.Count && fences[i + 1].Kind == "text" ? fences[i + 1].Text : null))
            .Where(pair => pair.fence.Kind == "sh").Select(pair => (pair.fence.Text, pair.next))];
    }

    [GeneratedRegex("^```(?<kind>[a-z]+)\n(?<text>.*?)^```$", RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.Singleline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Fences();

    [GeneratedRegex("(^|`)make (?<target>[a-z]+)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Makes();

    [GeneratedRegex("streamctl(\\.dll)?( (?<word>(sinks|dlq|status|reset|list)))+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Commands();
}
