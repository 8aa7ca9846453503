using Streaming.Registry.Store;

namespace Streaming.Registry.Subjects;

/// <summary>Registers schemas under subjects, and finds them there.</summary>
internal static class Registration
{
    /// <summary>The schema's version under the subject: the one that is there, or a new one if the subject's level allows it.</summary>
    /// <exception cref="ApiError">409 incompatible; 42205 the subject is read-only, or of a mode that gives ids otherwise.</exception>
    public static Decision<StoredSchema> Register(SchemaState state, string subject, SubmittedSchema submitted)
    {
        if (submitted.Id is { } given)
            return Import(state, subject, submitted, given);
        var completed = submitted.Completed(state, subject);
        if (Match(state, subject, submitted, completed, withDeleted: false) is { } present)
            return new Decision<StoredSchema>([], present);
        Settings.MustBeWritable(state, subject);
        if (state.ModeOf(subject) == RegistryMode.Import)
            throw ApiError.NotPermitted($"Subject {subject} is in import mode: give the schema's id.");
        var breaks = Evolution.Check(state, subject, completed);
        if (breaks.Count > 0)
            throw ApiError.Incompatible(subject, breaks);

        // A schema known anywhere has its id.
        return Added(state, subject, completed, state.Ids.TryGetValue(completed.Guid, out var known) ? known : state.LastId + 1, version: null);
    }

    /// <summary>The schema under the id, and the version, that another registry gave it. It is not judged: it has been, there.</summary>
    private static Decision<StoredSchema> Import(SchemaState state, string subject, SubmittedSchema submitted, int id)
    {
        if (state.ModeOf(subject) != RegistryMode.Import)
            throw ApiError.NotPermitted($"Subject {subject} is not in import mode: ids and versions are given by the registry.");
        if (state.ById.TryGetValue(id, out var other) && other.Guid != submitted.Guid)
            throw ApiError.NotPermitted($"Overwrite new schema with id {id} is not permitted.");
        if (state.Ids.TryGetValue(submitted.Guid, out var known) && known != id)
            throw ApiError.NotPermitted($"The schema has the id {known} here, and cannot have {id} too.");
        var present = state.Versions(subject, withDeleted: true).FirstOrDefault(version => submitted.Version is { } wanted ? version.Version == wanted : version.Id == id);
        if (present is { IsDeleted: false } && present.Id == id)
            return new Decision<StoredSchema>([], present);
        if (present is not null && present.Id != id)
            throw ApiError.NotPermitted($"Overwrite version {present.Version} of subject {subject} is not permitted.");
        return Added(state, subject, submitted, id, submitted.Version);
    }

    /// <summary>The subject's version that holds this schema.</summary>
    /// <exception cref="ApiError">40401 the subject is unknown; 40403 it has no such schema.</exception>
    public static StoredSchema Find(SchemaState state, string subject, SubmittedSchema submitted, bool withDeleted)
    {
        if (!state.Versions(subject, withDeleted).Any())
            throw ApiError.SubjectNotFound(subject);
        return Match(state, subject, submitted, submitted.Completed(state, subject), withDeleted) ?? throw ApiError.SchemaNotFound();
    }

    /// <summary>The newest version whose metadata have all these properties.</summary>
    /// <exception cref="ApiError">40401 the subject is unknown; 40403 it has no such version.</exception>
    public static StoredSchema FindByMetadata(SchemaState state, string subject, IEnumerable<KeyValuePair<string, string>> properties, bool withDeleted)
    {
        var versions = state.Versions(subject, withDeleted).ToList();
        if (versions.Count == 0)
            throw ApiError.SubjectNotFound(subject);
        return versions.LastOrDefault(version => version.Metadata is { } metadata && metadata.Has(properties)) ?? throw ApiError.SchemaNotFound();
    }

    /// <summary>The version that is the schema as it was sent, or as it would be registered.</summary>
    private static StoredSchema? Match(SchemaState state, string subject, SubmittedSchema submitted, SubmittedSchema completed, bool withDeleted) =>
        Match(state, subject, submitted, withDeleted) ?? (completed == submitted ? null : Match(state, subject, completed, withDeleted));

    private static StoredSchema? Match(SchemaState state, string subject, SubmittedSchema submitted, bool withDeleted)
    {
        var versions = state.Versions(subject, withDeleted);
        return (state.Ids.TryGetValue(submitted.Guid, out var id) ? versions.LastOrDefault(version => version.Id == id) : null)
            ?? versions.LastOrDefault(version => submitted.MeansTheSameAs(version, state));
    }

    /// <param name="version">Null: the next one. A softly deleted version keeps its number.</param>
    private static Decision<StoredSchema> Added(SchemaState state, string subject, SubmittedSchema submitted, int id, int? version)
    {
        var number = version ?? state.Versions(subject, withDeleted: true).LastOrDefault()?.Version + 1 ?? 1;
        var added = new StoredSchema(subject, number, id, submitted.Text)
        {
            References = submitted.References, Metadata = submitted.Metadata, RuleSet = submitted.RuleSet, Guid = submitted.Guid,
        };
        return new Decision<StoredSchema>([new SchemaRecord(subject, number, added)], added);
    }
}
