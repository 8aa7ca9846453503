using Streaming.ContractRules.Files;

namespace Streaming.ContractRules.Rules;

/// <summary>A published file never changes and never goes: bytes that were written by it lie in logs that nobody rewrites.</summary>
internal static class PublishedRule
{
    private const string Name = "published";

    public static IEnumerable<Finding> Check(ContractFolder contracts)
    {
        var manifest = Manifest.Read(contracts.Root);
        foreach (var file in contracts.Files)
        {
            if (!manifest.Hashes.TryGetValue(file.Path, out var published))
                yield return new(Name, file.Path, "It is not published yet.", "Publish it when it is right, because then it never changes again: infra/scripts/schemas.sh publish.");
            else if (published != file.Sha256)
                yield return new(Name, file.Path, "It was changed after it was published.", $"Restore it (git checkout), and write the change as {Next(file)}, or under a new full name with an upcaster.");
        }
        var present = contracts.Files.Select(file => file.Path).ToHashSet();
        foreach (var gone in manifest.Hashes.Keys.Where(path => !present.Contains(path)))
            yield return new(Name, gone, "It was published, and is gone.", "Restore it (git checkout): logs hold bytes that only it can read.");
    }

    private static string Next(ContractFile file) => $"{file.Folder}/{file.Name}.{file.Version + 1}{ContractFile.Extension}";
}
