using System.Text.RegularExpressions;
using Streaming.Broker.Settings;
using Streaming.Fixtures;

namespace Streaming.Broker.Tests.Settings;

/// <summary>The options, what their files say of them, and docs/broker-settings.md agree.</summary>
public sealed partial class SettingsPageTests
{
    private static readonly string _root = Repository.Root!;
    private static readonly string _brokerFolder = Path.Combine(_root, "infra", "Broker");

    private static IReadOnlyList<DescribedOption> Options { get; } = DescribedOption.ReadAll(_brokerFolder);

    [Fact]
    public void The_page_says_what_the_options_are()
    {
        var path = Path.Combine(_root, "docs", "broker-settings.md");
        var written = SettingsPage.Write(Options, DescribedOption.ReadObeyed(_brokerFolder));
        if (Environment.GetEnvironmentVariable("SETTINGS_PAGE") == "write")
            File.WriteAllText(path, written);
        var found = File.Exists(path) ? File.ReadAllText(path) : "";
        if (found != written)
            Assert.Fail($"docs/broker-settings.md is not what the options are. Run this test with SETTINGS_PAGE=write, or save this:\n\n{written}");
    }

    [Fact]
    public void Every_option_can_be_given_to_the_command() =>
        Options.Where(option => option.Setting?.Write is null).Select(option => option.Path).ShouldBe(SettingsPage.Flags.Keys, ignoreOrder: true);

    [Fact]
    public void What_a_setting_is_set_to_it_shows()
    {
        foreach (var setting in BrokerSettings.All.Values.Where(setting => setting.Write is not null))
        {
            var options = new BrokerOptions();
            var shown = setting.Read(options);
            setting.Write!(options, shown);
            setting.Read(options).ShouldBe(shown, setting.Name);
        }
    }

    [Fact]
    public void The_limits_that_operators_read_of_have_the_defaults_that_are_said()
    {
        var rows = Limits().Matches(File.ReadAllText(Path.Combine(_root, "docs", "operations.md")));
        rows.Count.ShouldBeGreaterThan(20);
        foreach (Match row in rows)
        {
            var name = row.Groups["name"].Value;
            BrokerSettings.All.Keys.ShouldContain(name);
            row.Groups["default"].Value.Replace(" ", "", StringComparison.Ordinal).ShouldBe(BrokerSettings.All[name].Read(new BrokerOptions()), name);
        }

        var limits = rows.Select(row => row.Groups["name"].Value).ToHashSet();
        BrokerSettings.Additional.ShouldAllBe(name => limits.Contains(name));
    }

    // | of what | `setting` | 1 000 | what is seen |
    [GeneratedRegex(@"^\|[^|]+\| `(?<name>[a-z.]+)` \| (?<default>[\d ]+) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Limits();
}
