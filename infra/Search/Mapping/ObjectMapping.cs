using System.Text;

namespace Streaming.Search.Mapping;

/// <summary>What becomes of a field that the mapping does not name.</summary>
internal enum DynamicRule
{
    /// <summary>It is added to the mapping.</summary>
    Add,

    /// <summary>It stays in the document's source, and can neither be asked for nor sorted by.</summary>
    Ignore,

    /// <summary>The document is refused.</summary>
    Strict,
}

/// <summary>The fields of a document, or of an object within it.</summary>
/// <param name="Path">Empty for the document itself.</param>
/// <param name="Dynamic">Null: as the object around it.</param>
/// <param name="IsEnabled">False: nothing within is looked at.</param>
internal sealed record ObjectMapping(string Path, DynamicRule? Dynamic, bool IsEnabled, IReadOnlyList<MappingEntry> Entries)
{
    public static ObjectMapping Empty(string path) => new(path, Dynamic: null, IsEnabled: true, []);

    /// <param name="expected">Where to look first: documents mostly have their fields in one order.</param>
    public MappingEntry? Find(ReadOnlySpan<byte> name, int expected)
    {
        var entries = Entries;
        if (expected < entries.Count && name.SequenceEqual(entries[expected].NameUtf8))
            return entries[expected];
        for (var i = 0; i < entries.Count; i++)
        {
            if (name.SequenceEqual(entries[i].NameUtf8))
                return entries[i];
        }

        return null;
    }

    public MappingEntry? Find(string name) => Entries.FirstOrDefault(entry => entry.Name == name);

    public string PathOf(string name) => Path.Length == 0 ? name : $"{Path}.{name}";
}

/// <summary>A name within an object: either a field or a further object.</summary>
internal sealed record MappingEntry(string Name, int Index, Field? Field, ObjectMapping? Object)
{
    public byte[] NameUtf8 { get; } = Encoding.UTF8.GetBytes(Name);
}
