using System.Text.Json;
using Streaming.Avro.Schema;
using Streaming.Registry.Store;

namespace Streaming.Registry.Subjects;

/// <summary>A schema as a caller sent it: read, and stripped of needless whitespace or normalized.</summary>
internal sealed record SubmittedSchema(string Text, AvroSchema Schema, IReadOnlyList<SchemaReference> References)
{
    public SchemaMetadata? Metadata { get; init; }

    public RuleSet? RuleSet { get; init; }

    /// <summary>As another registry gave it; null: it is this one's to give.</summary>
    public int? Id { get; init; }

    /// <summary>As another registry gave it.</summary>
    public int? Version { get; init; }

    /// <summary>The key under which equal schemas share an id.</summary>
    public string Guid => SchemaGuid.Of(Text, References, Metadata, RuleSet);

    /// <param name="isNormalized">In the form in which schemas that mean the same are the same text, as far as normalizing goes.</param>
    /// <exception cref="ApiError">42201: no Avro schema; 42210: no rules.</exception>
    public static SubmittedSchema From(Api.SchemaRequest request, SchemaState state, bool isNormalized = false)
    {
        if (request.SchemaType is not (null or "" or SchemaTypes.Avro))
            throw ApiError.InvalidSchema($"Schema type {request.SchemaType} is not served here; only AVRO is.");
        if (request.RuleSet?.Violation() is { } violation)
            throw ApiError.InvalidRuleSet(violation);
        if (string.IsNullOrWhiteSpace(request.Schema))
            throw ApiError.InvalidSchema("Empty schema");
        try
        {
            // A bare name such as int is no JSON, but Confluent's registry takes it, and so do its clients.
            var text = PrimitiveSchema.Find(request.Schema.Trim()) is { } bare ? bare.ToString() : request.Schema;
            var references = (request.References ?? []).Select(reference => Resolved(reference, state));
            List<SchemaReference> ordered = [.. isNormalized ? Ordered(references) : references];
            var schema = ReferencedSchemas.Parse(state, text, ordered);
            return new SubmittedSchema(isNormalized ? ApacheText.Of(text, isNormalized) : SchemaWhitespace.Strip(text), schema, ordered)
            {
                Metadata = request.Metadata,
                RuleSet = request.RuleSet,
                Id = request.Id > 0 ? request.Id : null,
                Version = request.Version > 0 ? request.Version : null,
            };
        }
        catch (InvalidSchemaException cause)
        {
            throw ApiError.InvalidSchema($"Invalid schema: {cause.Message}");
        }
    }

    /// <summary>The same schema with the metadata and rules that it gets in the subject: those configured, and those of the version before it where it brings none.</summary>
    public SubmittedSchema Completed(SchemaState state, string subject)
    {
        var (settings, previous) = (state.SettingsOf(subject), state.Versions(subject).LastOrDefault());
        return this with
        {
            Metadata = SchemaMetadata.Merge(SchemaMetadata.Merge(settings.DefaultMetadata, Metadata ?? previous?.Metadata), settings.OverrideMetadata),
            RuleSet = RuleSet.Merge(RuleSet.Merge(settings.DefaultRuleSet, RuleSet ?? previous?.RuleSet), settings.OverrideRuleSet),
        };
    }

    /// <summary>True when the version says the same, written otherwise, or with types by reference that are written out here.</summary>
    public bool MeansTheSameAs(StoredSchema version, SchemaState state)
    {
        try
        {
            return (References.Count == 0 || References.SequenceEqual(version.References))
                && Meaning(Schema, Metadata, RuleSet) == Meaning(ReferencedSchemas.Parse(state, version), version.Metadata, version.RuleSet);
        }
        catch (Exception cause) when (cause is InvalidSchemaException or JsonException)
        {
            // Another registry wrote it, of another type; or it is nested too deep to be told.
            return false;
        }
    }

    private static string Meaning(AvroSchema whole, SchemaMetadata? metadata, RuleSet? rules) =>
        SchemaGuid.Of(ApacheText.Of(whole.ToString(), isNormalized: true), [], metadata, rules);

    private static IEnumerable<SchemaReference> Ordered(IEnumerable<SchemaReference> references) => references.Distinct()
        .OrderBy(reference => reference.Name, StringComparer.Ordinal).ThenBy(reference => reference.Subject, StringComparer.Ordinal).ThenBy(reference => reference.Version);

    // -1 means the version that is the latest now; what is kept says which.
    private static SchemaReference Resolved(SchemaReference reference, SchemaState state) =>
        reference.Version == -1 ? reference with { Version = state.Versions(reference.Subject ?? "").LastOrDefault()?.Version } : reference;
}
