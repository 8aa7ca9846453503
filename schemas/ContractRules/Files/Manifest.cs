namespace Streaming.ContractRules.Files;

/// <summary>The file <c>published.sha256</c>: every published version with the hash it was published with. <c>sha256sum -c</c> reads it too.</summary>
internal sealed record Manifest(IReadOnlyDictionary<string, string> Hashes)
{
    public const string FileName = "published.sha256";

    private const string Separator = "  ";

    public static Manifest Read(string root)
    {
        var path = Path.Combine(root, FileName);
        var hashes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in File.Exists(path) ? File.ReadLines(path) : [])
        {
            if (line.Split(Separator, 2) is [var hash, var file])
                hashes[file] = hash;
        }
        return new(hashes);
    }

    /// <summary>Adds files; those that are listed keep their hash, whatever they say by now.</summary>
    public static void Add(string root, IEnumerable<ContractFile> files)
    {
        var hashes = new SortedDictionary<string, string>(Read(root).Hashes.ToDictionary(), StringComparer.Ordinal);
        foreach (var file in files)
            hashes.TryAdd(file.Path, file.Sha256);
        File.WriteAllText(Path.Combine(root, FileName), string.Concat(hashes.Select(entry => $"{entry.Value}{Separator}{entry.Key}\n")));
    }
}
