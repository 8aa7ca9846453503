using System.Text.Json.Serialization;

namespace Streaming.Registry.Store;

/// <summary>Rules that clients apply to the data of a schema. The registry keeps them and tells them; it executes none.</summary>
internal sealed record RuleSet(IReadOnlyList<Rule>? MigrationRules, IReadOnlyList<Rule>? DomainRules, IReadOnlyList<Rule>? EncodingRules)
{
    /// <summary>Both together; of rules of one name the later one counts.</summary>
    public static RuleSet? Merge(RuleSet? first, RuleSet? later)
    {
        if (first is null || later is null)
            return later ?? first;
        return new RuleSet(
            Merge(first.MigrationRules, later.MigrationRules), Merge(first.DomainRules, later.DomainRules), Merge(first.EncodingRules, later.EncodingRules));
    }

    /// <summary>All rules: those for migration first, then those for the domain, then those for the encoding.</summary>
    [JsonIgnore]
    public IEnumerable<Rule> All => (MigrationRules ?? []).Concat(DomainRules ?? []).Concat(EncodingRules ?? []);

    public bool HasType(string? type) => All.Any(rule => rule.Type == type);

    /// <summary>Why these are no rules; null when they are.</summary>
    public string? Violation()
    {
        var (migration, domain, encoding) = (MigrationRules ?? [], DomainRules ?? [], EncodingRules ?? []);
        var all = All.ToList();
        if (all.FirstOrDefault(rule => string.IsNullOrEmpty(rule.Name) || string.IsNullOrEmpty(rule.Type)) is { } nameless)
            return $"Rule '{nameless.Name}' lacks a name or a type";
        if (all.CountBy(rule => rule.Name!).FirstOrDefault(named => named.Value > 1).Key is { } twice)
            return $"Found rule with duplicate name '{twice}'";
        if (migration.Any(rule => rule.Mode is not (null or "UPGRADE" or "DOWNGRADE" or "UPDOWN")))
            return "Migration rules can only be UPGRADE, DOWNGRADE, UPDOWN";
        return domain.Concat(encoding).Any(rule => rule.Mode is not (null or "WRITE" or "READ" or "WRITEREAD")) ? "Domain and encoding rules can only be WRITE, READ, WRITEREAD" : null;
    }

    private static IReadOnlyList<Rule>? Merge(IReadOnlyList<Rule>? first, IReadOnlyList<Rule>? later) =>
        first is null || later is null ? later ?? first : [.. first.ExceptBy(later.Select(rule => rule.Name), rule => rule.Name), .. later];
}

/// <summary>A rule: what it does (TRANSFORM or CONDITION), when (its mode), and by which of the client's executors (its type, such as CEL).</summary>
internal sealed record Rule(
    string? Name, string? Doc, string? Kind, string? Mode, string? Type, IReadOnlyList<string>? Tags, IReadOnlyDictionary<string, string>? Params,
    string? Expr, string? OnSuccess, string? OnFailure, bool Disabled);
