using Streaming.ContractRules.Files;

namespace Streaming.ContractRules.Rules;

/// <summary>A file is where its full name says, and versions count from 1 without gaps: who knows the name finds the file.</summary>
internal static class NameRule
{
    private const string Rule = "name";
    private const string Root = "streaming.";

    public static IEnumerable<Finding> Check(ContractFolder contracts)
    {
        foreach (var record in contracts.Records)
        {
            foreach (var file in record.Versions)
            {
                var expected = $"{Root}{file.Folder.Replace('/', '.')}.{file.Name}";
                if (file.Schema.FullName != expected)
                    yield return new(Rule, file.Path, $"It defines {file.Schema.FullName}, its place says {expected}.", "Move the file, or correct the name before it is published.");
            }
            for (var i = 0; i < record.Versions.Count; i++)
            {
                if (record.Versions[i].Version != i + 1)
                    yield return new(Rule, record.Versions[i].Path, $"It is version {record.Versions[i].Version} of {record.FullName}, but {i + 1} is due.", $"Call it {record.Versions[i].Name}{(i == 0 ? "" : $".{i + 1}")}{ContractFile.Extension}.");
            }
        }
    }
}
