using Streaming.Avro.Compatibility;
using Streaming.Avro.Schema;
using Streaming.Registry.Store;

namespace Streaming.Registry.Subjects;

/// <summary>Judges a schema against a subject's versions under the subject's level, and says it as Confluent's registry does.</summary>
internal static class Evolution
{
    /// <summary>Why the level forbids the schema to follow the subject's versions; empty when it may.</summary>
    public static IReadOnlyList<string> Check(SchemaState state, string subject, SubmittedSchema submitted) =>
        Check(state, subject, submitted, [.. state.Versions(subject)]);

    /// <summary>The same, against some versions only.</summary>
    public static IReadOnlyList<string> Check(SchemaState state, string subject, SubmittedSchema submitted, IReadOnlyList<StoredSchema> candidates)
    {
        var level = state.LevelOf(subject);
        var versions = OfItsGroup(state.CompatibilityGroupOf(subject), submitted, candidates);
        if (level == CompatibilityLevel.None || versions.Count == 0)
            return [];
        try
        {
            var breaks = EvolutionRules.Check(level, submitted.Schema, [.. versions.Select(version => ReferencedSchemas.Parse(state, version))]);
            if (breaks.Count == 0)
                return [];
            var first = versions[breaks[0].VersionIndex];
            return [.. breaks.Select(Message), $"{{oldSchemaVersion: {first.Version}}}", $"{{oldSchema: '{first.Text}'}}", $"{{validateFields: 'false', compatibility: '{level.Name()}'}}"];
        }
        catch (InvalidSchemaException cause)
        {
            // Another registry wrote it, of another type: nothing can be promised against it.
            return [$"{{errorType:'UNREADABLE_VERSION', description:'A version of {subject} is no Avro schema: {cause.Message}'}}"];
        }
        catch (IncomparableSchemasException cause)
        {
            throw ApiError.InvalidSchema($"Invalid schema: {cause.Message}");
        }
    }

    private static IReadOnlyList<StoredSchema> OfItsGroup(string? property, SubmittedSchema submitted, IReadOnlyList<StoredSchema> versions) =>
        property is null ? versions : [.. versions.Where(version => Group(version.Metadata, property) == Group(submitted.Metadata, property))];

    private static string? Group(SchemaMetadata? metadata, string property) => metadata?.Properties?.GetValueOrDefault(property);

    private static string Message(EvolutionBreak found)
    {
        var (reader, writer) = found.IsNewReader ? ("new", "old") : ("old", "new");
        return $"{{errorType:'{found.Cause.KindName}', description:'{Describe(found.Cause, reader, writer)}', additionalInfo:'{found.Cause.Message}'}}";
    }

    private static string Describe(Incompatibility cause, string reader, string writer) => cause.Kind switch
    {
        IncompatibilityKind.FixedSizeMismatch => $"The size of FIXED type field at path '{cause.Location}' in the {reader} schema does not match with the {writer} schema",
        IncompatibilityKind.TypeMismatch => $"The type (path '{cause.Location}') of a field in the {reader} schema does not match with the {writer} schema",
        IncompatibilityKind.NameMismatch => $"The name of the schema has changed (path '{cause.Location}')",
        IncompatibilityKind.MissingEnumSymbols => $"The {reader} schema is missing enum symbols '{cause.Message}' at path '{cause.Location}' in the {writer} schema",
        IncompatibilityKind.MissingUnionBranch => $"The {reader} schema is missing a type inside a union field at path '{cause.Location}' in the {writer} schema",
        _ => $"The field '{cause.Message}' at path '{cause.Location}' in the {reader} schema has no default value and is missing in the {writer} schema",
    };
}
