using Streaming.Avro;
using Streaming.Avro.Schema;
using Streaming.ContractRules.Files;

namespace Streaming.ContractRules.Rules;

/// <summary>What is published is also compiled: every version of every record is known to the program that reads it.</summary>
internal static class GenerationRule
{
    private const string Rule = "generated";

    public static IEnumerable<Finding> Check(ContractFolder contracts, IReadOnlyList<AvroRecordType> records)
    {
        var compiled = records.ToDictionary(record => record.FullName);
        foreach (var contract in contracts.Records.Where(contract => contract.Newest.Schema is RecordSchema))
        {
            if (!compiled.TryGetValue(contract.FullName, out var record))
                yield return new(Rule, contract.Newest.Path, $"{contract.FullName} is not among the generated records.", "Add its folder to the AvroSchema items of schemas/Contracts/Streaming.Contracts.csproj, and build.");
            else if (record.Versions.Count != contract.Versions.Count)
                yield return new(Rule, contract.Newest.Path, $"{contract.FullName} has {contract.Versions.Count} versions here, {record.Versions.Count} in the build.", "Build again: infra/scripts/build.sh.");
        }
    }
}
