using System.Text.Json;
using Streaming.Search.Failures;
using Streaming.Search.Store;

namespace Streaming.Search.Indices;

/// <summary>Second names of indices. Never changed: a change makes another book, which is written as a whole.</summary>
internal sealed class Aliases(Dictionary<string, Dictionary<string, bool?>> book)
{
    private const string FileName = "aliases";

    public IEnumerable<string> Names => book.Keys.Order(StringComparer.Ordinal);

    /// <exception cref="DamagedFileException">It is not what was written.</exception>
    public static Aliases Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return new Aliases([]);
        try
        {
            return new Aliases(JsonSerializer.Deserialize(DurableFile.Read(path), StoreJson.Default.AliasBook)?.Aliases ?? []);
        }
        catch (JsonException cause)
        {
            throw new DamagedFileException(path, "it is no JSON", cause);
        }
    }

    public void Write(string folder) =>
        DurableFile.Write(Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(new AliasBook(book), StoreJson.Default.AliasBook));

    public IReadOnlyList<string> IndicesOf(string alias) => book.TryGetValue(alias, out var indices) ? [.. indices.Keys.Order(StringComparer.Ordinal)] : [];

    public IEnumerable<(string Name, bool? IsWriteIndex)> Of(string index) =>
        book.Where(alias => alias.Value.ContainsKey(index)).Select(alias => (alias.Key, alias.Value[index])).OrderBy(alias => alias.Key, StringComparer.Ordinal);

    /// <summary>Where writes to an alias go: to the one that says so, or to its only one.</summary>
    public string? WriteIndexOf(string alias)
    {
        var indices = book[alias];
        return indices.FirstOrDefault(index => index.Value == true).Key
            ?? (indices.Count == 1 && indices.Single() is { Value: not false } only ? only.Key : null);
    }

    public Aliases Add(string alias, string index, bool? isWriteIndex)
    {
        IndexName.Validate(alias);
        var changed = Copy();
        if (!changed.TryGetValue(alias, out var indices))
            changed[alias] = indices = [];
        if (isWriteIndex == true && indices.Any(other => other.Key != index && other.Value == true))
            throw new SearchFailure(500, "illegal_state_exception", $"alias [{alias}] has more than one write index");
        indices[index] = isWriteIndex;
        return new Aliases(changed);
    }

    public Aliases Remove(string alias, string index)
    {
        var changed = Copy();
        if (!changed.TryGetValue(alias, out var indices) || !indices.Remove(index))
            throw new SearchFailure(404, "aliases_not_found_exception", $"aliases [{alias}] missing");
        if (indices.Count == 0)
            changed.Remove(alias);
        return new Aliases(changed);
    }

    public Aliases Without(string index) => Only(name => name != index);

    public Aliases Only(Func<string, bool> isThere) => new(book
        .Select(alias => (alias.Key, Indices: alias.Value.Where(index => isThere(index.Key)).ToDictionary()))
        .Where(alias => alias.Indices.Count > 0)
        .ToDictionary(alias => alias.Key, alias => alias.Indices));

    private Dictionary<string, Dictionary<string, bool?>> Copy() => book.ToDictionary(alias => alias.Key, alias => alias.Value.ToDictionary());
}
