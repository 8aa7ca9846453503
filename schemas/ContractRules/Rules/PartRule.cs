using Streaming.ContractRules.Files;

namespace Streaming.ContractRules.Rules;

/// <summary>A type that other files refer to has one version for ever: a second one would change all of them without a change in their files.</summary>
internal static class PartRule
{
    private const string Rule = "part";

    public static IEnumerable<Finding> Check(ContractFolder contracts) =>
        from record in contracts.Records
        where record.Versions.Count > 1 && contracts.Referrers.ContainsKey(record.FullName)
        select new Finding(Rule, record.Newest.Path, $"{record.FullName} is a part of {string.Join(", ", contracts.Referrers[record.FullName])}.",
            "Give the new version a new full name, and publish new versions of the files that are to use it.");
}
