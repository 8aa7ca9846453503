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
        if (Match(state, subject, submitted, withDeleted: false) is { } present)
            return new Decision<StoredSchema>([], present);
        Settings.MustBeWritable(state, subject);
        if (state.ModeOf(subject) == RegistryMode.Import)
            throw ApiError.NotPermitted($"Subject {subject} is in import mode: give the schema's id.");
        var breaks = Evolution.Check(state, subject, submitted.Schema);
        if (breaks.Count > 0)
            throw ApiError.Incompatible(subject, breaks);

        // A softly deleted version keeps its number, and a schema known anywhere its id.
        var version = state.Versions(subject, withDeleted: true).LastOrDefault()?.Version + 1 ?? 1;
        var id = state.Ids.TryGetValue(submitted.Identity, out var known) ? known : state.LastId + 1;
        var added = new StoredSchema(subject, version, id, submitted.Text) { References = submitted.References };
        return new Decision<StoredSchema>([new SchemaRecord(subject, version, added)], added);
    }

    /// <summary>The schema under the id, and the version, that another registry gave it. It is not judged: it has been, there.</summary>
    private static Decision<StoredSchema> Import(SchemaState state, string subject, SubmittedSchema submitted, int id)
    {
        if (state.ModeOf(subject) != RegistryMode.Import)
            throw ApiError.NotPermitted($"Subject {subject} is not in import mode: ids and versions are given by the registry.");
        if (state.ById.TryGetValue(id, out var other) && SchemaIdentity.Of(other) != submitted.Identity)
            throw ApiError.NotPermitted($"Overwrite new schema with id {id} is not permitted.");
        if (state.Ids.TryGetValue(submitted.Identity, out var known) && known != id)
            throw ApiError.NotPermitted($"The schema has the id {known} here, and cannot have {id} too.");
        var present = state.Versions(subject, withDeleted: true).FirstOrDefault(version => submitted.Version is { } wanted ? version.Version == wanted : version.Id == id);
        if (present is { IsDeleted: false } && present.Id == id)
            return new Decision<StoredSchema>([], present);
        if (present is not null && present.Id != id)
            throw ApiError.NotPermitted($"Overwrite version {present.Version} of subject {subject} is not permitted.");

        var number = submitted.Version ?? state.Versions(subject, withDeleted: true).LastOrDefault()?.Version + 1 ?? 1;
        var added = new StoredSchema(subject, number, id, submitted.Text) { References = submitted.References };
        return new Decision<StoredSchema>([new SchemaRecord(subject, number, added)], added);
    }

    /// <summary>The subject's version that holds this schema.</summary>
    /// <exception cref="ApiError">40401 the subject is unknown; 40403 it has no such schema.</exception>
    public static StoredSchema Find(SchemaState state, string subject, SubmittedSchema submitted, bool withDeleted)
    {
        if (!state.Versions(subject, withDeleted).Any())
            throw ApiError.SubjectNotFound(subject);
        return Match(state, subject, submitted, withDeleted) ?? throw ApiError.SchemaNotFound();
    }

    private static StoredSchema? Match(SchemaState state, string subject, SubmittedSchema submitted, bool withDeleted) =>
        state.Ids.TryGetValue(submitted.Identity, out var id)
            ? state.Versions(subject, withDeleted).LastOrDefault(version => version.Id == id)
            : null;
}
