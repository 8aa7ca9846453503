using System.Globalization;
using System.Security.Cryptography;
using Streaming.Avro.Schema;

namespace Streaming.ContractRules.Files;

/// <summary>One version of a record, as published: <c>inventory/StockSold.avsc</c>, <c>inventory/StockSold.2.avsc</c>, <c>inventory/v2/StockFound.avsc</c>.</summary>
/// <param name="Path">Relative to the folder of schemas, with '/'.</param>
/// <param name="Sha256">Of the file's bytes, as <c>sha256sum</c> writes it.</param>
internal sealed record ContractFile(string Path, string Sha256, NamedSchema Schema)
{
    public const string Extension = ".avsc";

    /// <summary>Without folder, version and extension.</summary>
    public string Name => Stem.Version is null ? Stem.Text : Stem.Text[..Stem.Text.LastIndexOf('.')];

    /// <summary>From the file's name; 1 where it has no number.</summary>
    public int Version => Stem.Version ?? 1;

    /// <summary>Such as <c>inventory</c> or <c>inventory/v2</c>.</summary>
    public string Folder => Path[..Math.Max(0, Path.LastIndexOf('/'))];

    public static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private (string Text, int? Version) Stem
    {
        get
        {
            var stem = System.IO.Path.GetFileName(Path)[..^Extension.Length];
            return (stem, int.TryParse(stem.AsSpan(stem.LastIndexOf('.') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null);
        }
    }
}
