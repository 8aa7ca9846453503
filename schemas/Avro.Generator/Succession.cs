using Streaming.Avro.Schema;

namespace Streaming.Avro.Generator;

/// <summary>Which records took the place of others: a record names in its attribute <c>supersedes</c> the full names that it replaces.</summary>
/// <remarks>
/// The newest record stands where people look for it, the one that it replaces in a namespace below: <c>streaming.inventory.v2.StockSold</c>, which supersedes
/// <c>streaming.inventory.StockSold</c>, becomes <c>Inventory.StockSold</c>, and the other <c>Inventory.V1.StockSold</c>. Code that means "the newest"
/// says so by saying nothing.
/// </remarks>
internal sealed class Succession
{
    private readonly HashSet<string> _superseded;

    public Succession(IEnumerable<NamedSchema> types) => _superseded = [.. types.SelectMany(Predecessors)];

    /// <summary>The Avro namespace by which a type is placed in C#.</summary>
    public string Place(NamedSchema type)
    {
        var (context, version) = Split(type.Namespace);
        if (_superseded.Contains(type.FullName))
            return context.Length == 0 ? $"v{version}" : $"{context}.v{version}";
        return Predecessors(type).Any() ? context : type.Namespace;
    }

    private static IEnumerable<string> Predecessors(NamedSchema type) =>
        type.Attributes.TryGetValue("supersedes", out var names) && names is JsonArray list ? list.Items.OfType<JsonString>().Select(name => name.Value) : [];

    /// <summary><c>streaming.inventory.v2</c> is version 2 of <c>streaming.inventory</c>, which is version 1 itself.</summary>
    private static (string Context, int Version) Split(string itsNamespace)
    {
        var last = itsNamespace.Substring(itsNamespace.LastIndexOf('.') + 1);
        return last.Length > 1 && last[0] == 'v' && int.TryParse(last.Substring(1), out var version)
            ? (itsNamespace.Substring(0, Math.Max(0, itsNamespace.Length - last.Length - 1)), version)
            : (itsNamespace, 1);
    }
}
