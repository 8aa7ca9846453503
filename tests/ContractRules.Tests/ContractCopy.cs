using Streaming.Avro;
using Streaming.Contracts;
using Streaming.Contracts.Upcasting;

namespace Streaming.ContractRules.Tests;

/// <summary>A copy of the contracts that a test may break.</summary>
internal sealed class ContractCopy : IDisposable
{
    private readonly TempFolder _folder = new("contracts");

    public ContractCopy()
    {
        foreach (var file in Directory.EnumerateFiles(Original, "*", SearchOption.AllDirectories).Where(IsContract))
        {
            var copy = At(Path.GetRelativePath(Original, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    /// <summary>The clone's folder.</summary>
    public static string Original { get; } = Path.Combine(
        Repository.Root ?? throw new InvalidOperationException("The contracts are checked in a clone: run this from within one."), "schemas");

    public string Root => _folder.Path;

    public string At(string path) => Path.Combine(_folder.Path, path);

    /// <summary>Changes a file's text; the text to replace must be there.</summary>
    public ContractCopy Edit(string path, string old, string text)
    {
        var before = File.ReadAllText(At(path));
        before.ShouldContain(old);
        File.WriteAllText(At(path), before.Replace(old, text, StringComparison.Ordinal));
        return this;
    }

    public ContractCopy Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), text);
        return this;
    }

    public ContractCopy Delete(string path)
    {
        File.Delete(At(path));
        return this;
    }

    public string Read(string path) => File.ReadAllText(At(path));

    /// <summary>What the check says about the file, by one rule.</summary>
    public Finding Finding(string rule, string file, IReadOnlyList<AvroRecordType>? records = null, IReadOnlyList<Upcaster>? upcasters = null)
    {
        var findings = ContractCheck.Run(Root, records ?? AvroRecords.All, upcasters ?? Upcasters.All).Findings;
        return findings.FirstOrDefault(finding => finding.Rule == rule && finding.File == file)
            ?? throw new ShouldAssertException($"No finding of rule {rule} about {file} among:\n{string.Join('\n', findings)}");
    }

    public void Dispose() => _folder.Dispose();

    private static bool IsContract(string path) => path.EndsWith(".avsc") || path.EndsWith(".sha256") || path.EndsWith(".json");
}
