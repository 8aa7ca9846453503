using System.Text.Json;

namespace Streaming.ElasticSink.Generations;

/// <summary>An index of this sink: one model's documents in one generation.</summary>
/// <param name="Aliases">Names that it is read under.</param>
/// <param name="Properties">Its mapping's.</param>
internal sealed record DerivedIndex(string Name, string Model, int Generation, int MappingVersion, IReadOnlyList<string> Aliases, JsonElement Properties)
{
    /// <summary>What the index says of itself; null for one that is not this sink's.</summary>
    /// <remarks>The name alone would not do: another installation's prefix may begin with this one's.</remarks>
    public static DerivedIndex? Read(string name, JsonElement description, ElasticOptions options)
    {
        var mappings = description.GetProperty("mappings");
        if (!mappings.TryGetProperty("_meta", out var meta) || !meta.TryGetProperty("model", out var model)
            || !meta.TryGetProperty("mapping", out var version) || !meta.TryGetProperty("generation", out var generation))
            return null;
        var index = new DerivedIndex(
            name, model.GetString()!, generation.GetInt32(), version.GetInt32(),
            [.. description.GetProperty("aliases").EnumerateObject().Select(alias => alias.Name)], mappings.GetProperty("properties").Clone());
        return name == NameOf(options.IndexPrefix, index.Model, index.Generation, index.MappingVersion) ? index : null;
    }

    public static string NameOf(string prefix, string model, int generation, int mappingVersion) => $"{prefix}{model}-g{generation}-m{mappingVersion}";

    /// <summary>Readers find it under its model's alias.</summary>
    public bool IsRead(ElasticOptions options) => Aliases.Contains(options.IndexPrefix + Model);
}
