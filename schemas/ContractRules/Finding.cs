namespace Streaming.ContractRules;

/// <summary>A rule that a file breaks.</summary>
/// <param name="Rule">The rule's name, in one word.</param>
/// <param name="File">Relative to the folder of schemas.</param>
/// <param name="What">What is wrong.</param>
/// <param name="ToDo">What to do about it.</param>
public sealed record Finding(string Rule, string File, string What, string ToDo)
{
    public override string ToString() => $"{File}: [{Rule}] {What} {ToDo}";
}
