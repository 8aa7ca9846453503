namespace Streaming.Sinks.DryRuns;

/// <summary><c>--dry-run</c> and what goes with it, as settings: to .NET, an argument without a value takes the next one for it.</summary>
internal static class DryRunArguments
{
    private const string Switch = "--dry-run";
    private static readonly Dictionary<string, string> _settings = new()
    {
        ["--from"] = nameof(DryRunOptions.From), ["--max"] = nameof(DryRunOptions.Max), ["--as"] = nameof(DryRunOptions.As),
    };

    public static string[] ToSettings(string[] arguments)
    {
        if (!arguments.Contains(Switch))
            return arguments;
        var settings = new List<string> { Setting(nameof(DryRunOptions.IsOn), "true") };
        for (var i = 0; i < arguments.Length; i++)
        {
            var parts = arguments[i].Split('=', 2);
            if (arguments[i] == Switch)
                continue;
            if (!_settings.TryGetValue(parts[0], out var name))
                settings.Add(arguments[i]);
            else
                settings.Add(Setting(name, parts.Length == 2 ? parts[1] : i + 1 < arguments.Length ? arguments[++i] : ""));
        }

        return [.. settings];
    }

    private static string Setting(string name, string value) => $"--{DryRunOptions.Section}:{name}={value}";
}
