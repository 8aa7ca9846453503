using Streaming.Avro;
using Streaming.Contracts.Upcasting;
using Streaming.ContractRules.Files;

namespace Streaming.ContractRules.Rules;

/// <summary>A record whose place another took is upcast to it, and the schemas say so: nobody is left with events that no code reads.</summary>
internal static class UpcasterRule
{
    private const string Rule = "upcaster";

    /// <param name="chains">Null where the upcasters contradict one another.</param>
    public static IReadOnlyList<Finding> Check(
        ContractFolder contracts, IReadOnlyList<AvroRecordType> records, IReadOnlyList<Upcaster> upcasters, out UpcasterChains? chains)
    {
        var findings = new List<Finding>();
        var byName = contracts.Records.ToDictionary(record => record.FullName);
        foreach (var record in contracts.Records)
        {
            findings.AddRange(Declared(record, byName, contracts, upcasters));
            findings.AddRange(Undeclared(record, byName));
        }
        foreach (var upcaster in upcasters)
            findings.AddRange(Unnamed(upcaster, byName));
        try
        {
            chains = new UpcasterChains(upcasters, records);
        }
        catch (InvalidUpcastersException wrong)
        {
            chains = null;
            findings.Add(new(Rule, "Contracts/Upcasters.cs", wrong.Message, "Correct the list."));
        }
        return findings;
    }

    private static IEnumerable<Finding> Declared(
        ContractRecord record, Dictionary<string, ContractRecord> byName, ContractFolder contracts, IReadOnlyList<Upcaster> upcasters)
    {
        foreach (var old in record.Supersedes)
        {
            if (!byName.ContainsKey(old))
                yield return new(Rule, record.Newest.Path, $"It supersedes {old}, which is no published record.", "Correct the name in \"supersedes\".");
            // A part is not read on its own; the upcasters of those that have it turn it, too.
            else if (!contracts.Referrers.ContainsKey(old) && !upcasters.Any(upcaster => upcaster.From.FullName == old && upcaster.To.Any(to => to.FullName == record.FullName)))
                yield return new(Rule, record.Newest.Path, $"No upcaster leads from {old} to {record.FullName}.", $"Write it in schemas/Contracts/{Pascal(record.Context)}/{Pascal(record.Context)}Upcasters.cs.");
        }
    }

    /// <summary><c>v2.StockSold</c> beside <c>StockSold</c>: the newer must say what became of the older.</summary>
    private static IEnumerable<Finding> Undeclared(ContractRecord record, Dictionary<string, ContractRecord> byName)
    {
        var folder = record.Newest.Folder.Split('/');
        if (folder.Length != 2)
            yield break;
        var older = byName.Values
            .Where(other => other.Context == record.Context && other.Newest.Name == record.Newest.Name && Generation(other) < Generation(record))
            .MaxBy(Generation);
        if (older is not null && !record.Supersedes.Contains(older.FullName))
            yield return new(Rule, record.Newest.Path, $"{older.FullName} has the same name, and nothing says that it is superseded.", $"Add \"supersedes\": [\"{older.FullName}\"], and an upcaster.");
    }

    private static IEnumerable<Finding> Unnamed(Upcaster upcaster, Dictionary<string, ContractRecord> byName) =>
        from to in upcaster.To
        where byName.TryGetValue(to.FullName, out var record) && !record.Supersedes.Contains(upcaster.From.FullName)
        select new Finding(Rule, byName[to.FullName].Newest.Path, $"An upcaster leads here from {upcaster.From.FullName}, and the schema does not say so.", $"Add \"supersedes\": [\"{upcaster.From.FullName}\"] before it is published.");

    private static int Generation(ContractRecord record) =>
        record.Newest.Folder.Split('/') is [_, ['v', .. var number]] && int.TryParse(number, out var version) ? version : 1;

    private static string Pascal(string context) => char.ToUpperInvariant(context[0]) + context[1..];
}
