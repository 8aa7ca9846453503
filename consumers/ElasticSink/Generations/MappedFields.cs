using System.Text.Json;

namespace Streaming.ElasticSink.Generations;

/// <summary>Fields of two mappings, by their paths.</summary>
internal static class MappedFields
{
    /// <summary>Those that only one has, or has with another type, in words; and which of them are not compared.</summary>
    public static (IReadOnlyList<string> Words, IReadOnlySet<string> NotCompared) Compare(JsonElement left, JsonElement right)
    {
        var (ours, theirs) = (Flatten(left, ""), Flatten(right, ""));
        var (words, others) = (new List<string>(), new HashSet<string>());
        foreach (var path in ours.Keys.Union(theirs.Keys).Order(StringComparer.Ordinal))
        {
            var (one, other) = (ours.GetValueOrDefault(path), theirs.GetValueOrDefault(path));
            if (one == other)
                continue;
            words.Add((one, other) switch
            {
                (null, _) => $"{path}: only on the right ({other})",
                (_, null) => $"{path}: only on the left ({one})",
                _ => $"{path}: {one} on the left, {other} on the right",
            });
            if (one is null || other is null)
                others.Add(path);
        }

        return (words, others);
    }

    private static Dictionary<string, string> Flatten(JsonElement properties, string before)
    {
        var types = new Dictionary<string, string>();
        foreach (var property in properties.EnumerateObject())
        {
            if (property.Value.TryGetProperty("type", out var type))
                types[before + property.Name] = type.GetString()!;
            foreach (var within in new[] { "properties", "fields" })
            {
                if (!property.Value.TryGetProperty(within, out var further))
                    continue;
                foreach (var (path, itsType) in Flatten(further, $"{before}{property.Name}."))
                    types[path] = itsType;
            }
        }

        return types;
    }
}
