namespace Streaming.Avro.Generator;

/// <summary>An <c>.avsc</c> file. Compared by value, so that the compiler runs the generator again only when one changes.</summary>
internal sealed record SchemaFile(string Path, string Text)
{
    private const string Extension = ".avsc";

    /// <summary>Which version of its record the file has: 2 for <c>StockSold.2.avsc</c>, 1 for a name without number.</summary>
    public int Version
    {
        get
        {
            var name = System.IO.Path.GetFileName(Path);
            var stem = name.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) ? name.Substring(0, name.Length - Extension.Length) : name;
            var dot = stem.LastIndexOf('.');
            return dot > 0 && int.TryParse(stem.Substring(dot + 1), out var version) ? version : 1;
        }
    }
}
