using Streaming.Avro.Schema;
using Streaming.ContractRules.Files;

namespace Streaming.ContractRules.Rules;

/// <summary>The newest version of a type and each of its fields say what they mean: the file is all that a reader in another language has.</summary>
internal static class DocumentationRule
{
    private const string Rule = "documented";

    public static IEnumerable<Finding> Check(ContractFolder contracts)
    {
        foreach (var file in contracts.Records.Select(record => record.Newest))
        {
            if (string.IsNullOrWhiteSpace(file.Schema.Doc))
                yield return new(Rule, file.Path, $"{file.Schema.FullName} has no doc.", "Say in \"doc\" what happened or what is asked.");
            foreach (var field in (file.Schema as RecordSchema)?.Fields ?? [])
            {
                if (string.IsNullOrWhiteSpace(field.Doc))
                    yield return new(Rule, file.Path, $"The field {field.Name} has no doc.", "Say in \"doc\" what it means, its unit, and what null means.");
            }
        }
    }
}
