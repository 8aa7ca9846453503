using Streaming.Avro;
using Streaming.Contracts;
using Streaming.Contracts.Upcasting;
using Streaming.ContractRules.Files;
using Streaming.ContractRules.Rules;

namespace Streaming.ContractRules;

/// <summary>Judges a folder of published schemas by all rules: what was promised to whoever reads or writes the topics still holds.</summary>
public static class ContractCheck
{
    /// <summary>The pipeline's own contracts, as the files have them and as they were compiled.</summary>
    /// <param name="folder">The folder <c>schemas</c> of a clone.</param>
    public static ContractReport Run(string folder) => Run(folder, AvroRecords.All, Upcasters.All);

    /// <param name="records">The records that were generated from the files.</param>
    public static ContractReport Run(string folder, IReadOnlyList<AvroRecordType> records, IReadOnlyList<Upcaster> upcasters)
    {
        var contracts = ContractFolder.Read(folder);
        if (contracts.Broken.Count > 0)
            return new([], contracts.Broken);
        List<Finding> findings =
        [
            .. PublishedRule.Check(contracts),
            .. NameRule.Check(contracts),
            .. DocumentationRule.Check(contracts),
            .. CompatibilityRule.Check(contracts),
            .. PartRule.Check(contracts),
            .. GenerationRule.Check(contracts, records),
            .. UpcasterRule.Check(contracts, records, upcasters, out var chains),
        ];
        if (chains is not null)
            findings.AddRange(SampleRule.Check(contracts, records, chains));
        return new([.. contracts.Records.Select(record => RecordLine.Of(record, findings))], findings);
    }
}

/// <summary>What the check saw and what it found.</summary>
public sealed record ContractReport(IReadOnlyList<RecordLine> Records, IReadOnlyList<Finding> Findings)
{
    public bool IsOk => Findings.Count == 0;
}

/// <summary>A record in the check's table.</summary>
/// <param name="Context">Such as <c>inventory</c>.</param>
/// <param name="Supersedes">Full names whose place it took.</param>
public sealed record RecordLine(string Context, string FullName, int VersionCount, IReadOnlyList<string> Supersedes, bool IsOk)
{
    internal static RecordLine Of(ContractRecord record, IReadOnlyList<Finding> findings) => new(
        record.Context, record.FullName, record.Versions.Count, record.Supersedes,
        !findings.Any(finding => record.Versions.Any(version => version.Path == finding.File)));
}
