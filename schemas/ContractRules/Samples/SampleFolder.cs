using Streaming.ContractRules.Files;

namespace Streaming.ContractRules.Samples;

/// <summary>Where samples lie: <c>samples/inventory/StockSold.2.json</c> is of version 2; a word before the extension tells several of one version apart.</summary>
internal static class SampleFolder
{
    private const string Folder = "samples";

    /// <summary>Paths relative to the folder of schemas.</summary>
    public static IReadOnlyList<string> Of(ContractFolder contracts, ContractFile file)
    {
        var folder = contracts.At($"{Folder}/{file.Folder}");
        return !Directory.Exists(folder) ? [] :
        [
            .. Directory.EnumerateFiles(folder, $"{file.Name}.{file.Version}.*").Where(path => path.EndsWith(".json", StringComparison.Ordinal))
                .Select(path => Path.GetRelativePath(contracts.Root, path).Replace('\\', '/')).Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Where the only sample of a version goes.</summary>
    public static string PathOf(ContractFile file) => $"{Folder}/{file.Folder}/{file.Name}.{file.Version}.json";
}
