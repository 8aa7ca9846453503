using Streaming.Avro.Schema;
using Streaming.Registry.Store;

namespace Streaming.Registry.Subjects;

/// <summary>Reads schemas that use types of other schemas.</summary>
internal static class ReferencedSchemas
{
    // A bound for a topic that somebody else wrote; a schema of more parts than this is a mistake.
    private const int PartsMax = 1_000;

    /// <summary>The schema with all its types, those from elsewhere too.</summary>
    /// <exception cref="InvalidSchemaException">It, or what it refers to, is no Avro schema, or what it refers to does not exist.</exception>
    public static AvroSchema Parse(SchemaState state, string text, IReadOnlyList<SchemaReference> references)
    {
        var parser = new SchemaParser();
        Read(state, references, parser, []);
        return parser.Parse(text);
    }

    /// <summary>The schema of a version.</summary>
    /// <exception cref="InvalidSchemaException">It is no Avro schema that can be read.</exception>
    public static AvroSchema Parse(SchemaState state, StoredSchema version) => Parse(state, version.Text, version.References);

    /// <summary>Versions that refer to this one, deleted ones too: data may still carry their ids.</summary>
    public static IEnumerable<StoredSchema> ReferringTo(SchemaState state, string subject, int version) => state.Subjects.Values
        .SelectMany(versions => versions.Values)
        .Where(schema => schema.References.Any(reference => reference.Subject == subject && reference.Version == version));

    /// <exception cref="ApiError">42206: other schemas refer to the version.</exception>
    public static void MustBeUnused(SchemaState state, StoredSchema version)
    {
        if (ReferringTo(state, version.Subject, version.Version).Any())
            throw ApiError.ReferenceExists(version.Subject, version.Version);
    }

    // What is referred to comes first, each once: two ways may lead to the same part.
    private static void Read(SchemaState state, IReadOnlyList<SchemaReference> references, SchemaParser parser, HashSet<(string?, int?)> seen)
    {
        foreach (var reference in references)
        {
            if (!seen.Add((reference.Subject, reference.Version)))
                continue;
            if (seen.Count > PartsMax)
                throw new InvalidSchemaException($"More than {PartsMax} schemas refer to one another.");
            var found = state.Versions(reference.Subject ?? "", withDeleted: true).FirstOrDefault(version => version.Version == reference.Version)
                ?? throw new InvalidSchemaException($"No schema reference found for subject \"{reference.Subject}\" and version {reference.Version}");
            Read(state, found.References, parser, seen);
            parser.Parse(found.Text);
        }
    }
}
