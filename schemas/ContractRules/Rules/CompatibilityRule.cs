using Streaming.Avro.Compatibility;
using Streaming.Avro.Resolution;
using Streaming.Avro.Schema;
using Streaming.ContractRules.Files;

namespace Streaming.ContractRules.Rules;

/// <summary>Under one full name each version reads what each other wrote, FULL_TRANSITIVE: hosts of all versions run side by side, and logs are kept for ever.</summary>
internal static class CompatibilityRule
{
    private const string Rule = "compatible";
    private const string ToDo = "Only fields with defaults come and go under one name: give the field a default, or publish the change under a new full name with an upcaster.";

    public static IEnumerable<Finding> Check(ContractFolder contracts)
    {
        foreach (var record in contracts.Records)
        {
            for (var i = 1; i < record.Versions.Count; i++)
            {
                for (var earlier = 0; earlier < i; earlier++)
                {
                    if (Problem(record.Versions[i], record.Versions[earlier]) is { } problem)
                        yield return new(Rule, record.Versions[i].Path, problem, ToDo);
                }
            }
        }
    }

    private static string? Problem(ContractFile later, ContractFile earlier)
    {
        var broken = EvolutionRules.Check(CompatibilityLevel.FullTransitive, later.Schema, [earlier.Schema]);
        if (broken.Count > 0)
            return string.Join("; ", broken.Select(cause => $"{(cause.IsNewReader ? "It does not read" : "It is not read by")} {earlier.Path}: {cause.Cause}")) + ".";
        // Stricter than the registries' rules, which let a decimal change its scale.
        if (Meaning.Difference(earlier.Schema, later.Schema) is { } difference)
            return $"It and {earlier.Path} read the same bytes differently: {difference}.";
        return Unresolvable(earlier.Schema, later.Schema, earlier.Path) ?? Unresolvable(later.Schema, earlier.Schema, earlier.Path);
    }

    private static string? Unresolvable(AvroSchema writer, AvroSchema reader, string other)
    {
        try
        {
            ResolutionPlan.Create(writer, reader);
            return null;
        }
        catch (UnresolvableSchemaException cause)
        {
            return $"It and {other} cannot be read as one another: {cause.Message.TrimEnd('.')}.";
        }
    }
}
