using System.Text.Json;
using Streaming.Search.Failures;

namespace Streaming.Search.Indices;

/// <summary>Reads what <c>POST /_aliases</c> is to do, as one change.</summary>
internal static class AliasActions
{
    public static Func<Aliases, Aliases> Read(JsonElement body, Catalogue catalogue)
    {
        if (body.ValueKind != JsonValueKind.Object || !body.TryGetProperty("actions", out var actions) || actions.ValueKind != JsonValueKind.Array)
            throw SearchFailure.Parsing("[aliases] needs [actions]");
        var changes = actions.EnumerateArray().SelectMany(action => ReadAction(action, catalogue)).ToList();
        return aliases => changes.Aggregate(aliases, (book, change) => change(book));
    }

    public static bool? ReadOptions(JsonElement options)
    {
        bool? isWriteIndex = null;
        if (options.ValueKind != JsonValueKind.Object)
            return null;
        foreach (var option in options.EnumerateObject())
        {
            if (option.Name != "is_write_index")
                throw SearchFailure.Unsupported($"[{option.Name}] of an alias");
            isWriteIndex = option.Value.ValueKind == JsonValueKind.True;
        }

        return isWriteIndex;
    }

    private static IEnumerable<Func<Aliases, Aliases>> ReadAction(JsonElement action, Catalogue catalogue)
    {
        if (action.ValueKind != JsonValueKind.Object || action.EnumerateObject().ToList() is not [{ Name: "add" or "remove", Value.ValueKind: JsonValueKind.Object } only])
            throw SearchFailure.Parsing("an alias action is one of [add, remove]: this search node knows no other");
        bool? isWriteIndex = null;
        var (indices, names) = (new List<string>(), new List<string>());
        foreach (var part in only.Value.EnumerateObject())
        {
            switch (part.Name)
            {
                case "index" or "indices":
                    indices.AddRange(Names(part.Value));
                    break;
                case "alias" or "aliases":
                    names.AddRange(Names(part.Value));
                    break;
                case "is_write_index":
                    isWriteIndex = part.Value.ValueKind == JsonValueKind.True;
                    break;
                case "must_exist" when part.Value.ValueKind == JsonValueKind.True:
                    break;
                default:
                    throw SearchFailure.Unsupported($"[{part.Name}] in an alias action");
            }
        }

        var concrete = indices.SelectMany(catalogue.Resolve).Select(index => index.Name).ToList();
        foreach (var name in names)
        {
            if (catalogue.Find(name) is not null)
                throw new SearchFailure(400, "invalid_alias_name_exception", $"Invalid alias name [{name}]: an index or data stream exists with the same name as the alias", name);
            foreach (var index in concrete)
                yield return only.Name == "add" ? book => book.Add(name, index, isWriteIndex) : book => book.Remove(name, index);
        }
    }

    private static IEnumerable<string> Names(JsonElement value) => value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Select(name => name.ToString()) : [value.ToString()];
}
