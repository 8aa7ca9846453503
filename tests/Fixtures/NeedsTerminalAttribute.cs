namespace Streaming.Fixtures;

/// <summary>The tests need a terminal, which <c>script</c> of util-linux makes.</summary>
public sealed class NeedsTerminalAttribute : RequirementAttribute
{
    public override bool IsMet { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "script")));
}
