using Streaming.Avro.Schema;
using Streaming.Registry.Store;

namespace Streaming.Registry.Subjects;

/// <summary>A schema as a caller sent it: read, and stripped of needless whitespace.</summary>
internal sealed record SubmittedSchema(string Text, AvroSchema Schema, IReadOnlyList<SchemaReference> References)
{
    /// <summary>As another registry gave it; null: it is this one's to give.</summary>
    public int? Id { get; init; }

    /// <summary>As another registry gave it.</summary>
    public int? Version { get; init; }

    /// <summary>The key under which equal schemas share an id.</summary>
    public string Identity { get; } = References.Count == 0 ? Schema.ToString() : SchemaIdentity.Of(Text, References);

    /// <exception cref="ApiError">42201: no Avro schema, or it asks for what this registry does not keep.</exception>
    public static SubmittedSchema From(Api.SchemaRequest request, SchemaState state)
    {
        if (request.SchemaType is not (null or "" or SchemaTypes.Avro))
            throw ApiError.InvalidSchema($"Schema type {request.SchemaType} is not served here; only AVRO is.");
        if (request.AsksForMore is { } what)
            throw ApiError.InvalidSchema($"This registry keeps no {what}. Send one schema that holds all it needs.");
        if (string.IsNullOrWhiteSpace(request.Schema))
            throw ApiError.InvalidSchema("Empty schema");
        try
        {
            // A bare name such as int is no JSON, but Confluent's registry takes it, and so do its clients.
            var text = PrimitiveSchema.Find(request.Schema.Trim()) is { } bare ? bare.ToString() : request.Schema;
            var references = (request.References ?? []).Select(reference => Resolved(reference, state)).ToList();
            return new SubmittedSchema(SchemaWhitespace.Strip(text), ReferencedSchemas.Parse(state, text, references), references)
            {
                Id = request.Id > 0 ? request.Id : null,
                Version = request.Version > 0 ? request.Version : null,
            };
        }
        catch (InvalidSchemaException cause)
        {
            throw ApiError.InvalidSchema($"Invalid schema: {cause.Message}");
        }
    }

    // -1 means the version that is the latest now; what is kept says which.
    private static SchemaReference Resolved(SchemaReference reference, SchemaState state) =>
        reference.Version == -1 ? reference with { Version = state.Versions(reference.Subject ?? "").LastOrDefault()?.Version } : reference;
}
