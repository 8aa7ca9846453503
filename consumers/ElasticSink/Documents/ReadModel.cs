using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Streaming.ElasticSink.Generations;
using Streaming.Sinks.Events;

namespace Streaming.ElasticSink.Documents;

/// <summary>Documents of one kind: one for each aggregate of a context, folded from its events.</summary>
/// <param name="Name">Of the readers' alias, behind the prefix.</param>
/// <param name="MappingVersion">Part of the index's name: another mapping is another index.</param>
/// <param name="Key">The fields that make a document's id, in its order: what two generations are sorted by. (A server may refuse to sort by <c>_id</c>.)</param>
/// <param name="Properties">The mapping's, as JSON, without those of the meta object.</param>
internal abstract record ReadModel(string Name, int MappingVersion, IReadOnlyList<string> Key, string Properties)
{
    private const string MetaProperties = """
        "meta":{"properties":{"sequence":{"type":"long"},"epoch":{"type":"integer"},"topic":{"type":"keyword"},"partition":{"type":"integer"},
        "offset":{"type":"long"},"recordedAt":{"type":"date"},"eventId":{"type":"keyword"},"hash":{"type":"long"}}}
        """;

    public string IndexOf(ElasticOptions options) => DerivedIndex.NameOf(options.IndexPrefix, Name, options.Generation, MappingVersion);

    public string AliasOf(ElasticOptions options) => options.IndexPrefix + Name;

    public string Definition(int generation) => string.Concat(
        $$$"""{"settings":{"number_of_shards":1},"mappings":{"_meta":{"model":"{{{Name}}}","mapping":{{{MappingVersion}}},"generation":{{{generation}}}},"dynamic":"strict",""",
        "\"properties\":{", Properties, ",", MetaProperties, "}}}");

    /// <summary>Reads the document that comes next.</summary>
    public abstract DerivedDocument Read(ref Utf8JsonReader json);

    /// <summary>(document before, event) → document after. Pure.</summary>
    /// <exception cref="PoisonEventException">The event cannot be one of this model's.</exception>
    public abstract DerivedDocument Project(DerivedDocument? before, RecordedEvent recorded, DocumentMeta meta);

    public abstract void Write(Utf8JsonWriter json, DerivedDocument document);
}

/// <inheritdoc/>
internal sealed record ReadModel<T>(string Name, int MappingVersion, IReadOnlyList<string> Key, string Properties, Func<T?, RecordedEvent, T> Projection, JsonTypeInfo<T> Json)
    : ReadModel(Name, MappingVersion, Key, Properties)
    where T : DerivedDocument
{
    public override DerivedDocument Read(ref Utf8JsonReader json) =>
        JsonSerializer.Deserialize(ref json, Json) ?? throw new InvalidOperationException($"A document of {Name} is null.");

    public override DerivedDocument Project(DerivedDocument? before, RecordedEvent recorded, DocumentMeta meta) => Projection((T?)before, recorded) with { Meta = meta };

    public override void Write(Utf8JsonWriter json, DerivedDocument document) => JsonSerializer.Serialize(json, (T)document, Json);
}

/// <summary>Documents that never change: one for each event of a context.</summary>
internal sealed record EventModel(string Name, int MappingVersion, IReadOnlyList<string> Key, string Properties, Action<Utf8JsonWriter, RecordedEvent, DocumentMeta> Write)
{
    /// <summary>The keyed form: only for names and definitions.</summary>
    public ReadModel Naming { get; } = new ReadModel<DerivedDocument>(Name, MappingVersion, Key, Properties, (_, _) => throw new InvalidOperationException(), null!);
}

/// <summary>What a context's events become.</summary>
/// <param name="Topic">Its events topic, without the installation's prefix.</param>
internal sealed record ContextModels(string Topic, ReadModel State, EventModel? Entries = null);
