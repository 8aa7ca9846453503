namespace Streaming.Registry.Store;

/// <summary>What is said about a schema beside it.</summary>
/// <param name="Tags">By the path of the field or type that they are for.</param>
/// <param name="Properties">Names and values, such as an owner or a major version.</param>
/// <param name="Sensitive">The names of properties that are not for everyone to see. The registry keeps them like the others.</param>
internal sealed record SchemaMetadata(
    IReadOnlyDictionary<string, IReadOnlyList<string>>? Tags, IReadOnlyDictionary<string, string>? Properties, IReadOnlyList<string>? Sensitive)
{
    /// <summary>Both together: tags add up, and of properties of one name the later one counts.</summary>
    public static SchemaMetadata? Merge(SchemaMetadata? first, SchemaMetadata? later)
    {
        if (first is null || later is null)
            return later ?? first;
        return new SchemaMetadata(
            Merge(first.Tags, later.Tags, (one, other) => [.. one.Union(other).Order(StringComparer.Ordinal)]),
            Merge(first.Properties, later.Properties, (_, other) => other),
            first.Sensitive is null || later.Sensitive is null ? later.Sensitive ?? first.Sensitive : [.. first.Sensitive.Union(later.Sensitive).Order(StringComparer.Ordinal)]);
    }

    /// <summary>True when it has these properties among others.</summary>
    public bool Has(IEnumerable<KeyValuePair<string, string>> properties) =>
        Properties is not null && properties.All(wanted => Properties.TryGetValue(wanted.Key, out var value) && value == wanted.Value);

    private static Dictionary<string, T>? Merge<T>(IReadOnlyDictionary<string, T>? first, IReadOnlyDictionary<string, T>? later, Func<T, T, T> both)
    {
        if (first is null && later is null)
            return null;
        var merged = new Dictionary<string, T>(first ?? new Dictionary<string, T>());
        foreach (var (name, value) in later ?? new Dictionary<string, T>())
            merged[name] = merged.TryGetValue(name, out var present) ? both(present, value) : value;
        return merged;
    }
}
