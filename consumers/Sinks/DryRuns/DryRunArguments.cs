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
            return arguments.FirstOrDefault(IsMeantForDryRun) is { } meant ? [.. arguments, Setting(nameof(DryRunOptions.Mistake), $"'{meant}' goes with {Switch}, which is not there.")] : arguments;
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

    // Whoever wanted to try something must not get the real thing for a slip of the pen.
    private static bool IsMeantForDryRun(string argument) =>
        argument.TrimStart('-').StartsWith("dry", StringComparison.OrdinalIgnoreCase) || _settings.ContainsKey(argument.Split('=', 2)[0]);

    private static string Setting(string name, string value) => $"--{DryRunOptions.Section}:{name}={value}";
}
