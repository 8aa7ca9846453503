using Streaming.Registry.Store;

namespace Streaming.Registry.Subjects;

/// <summary>Deletes in two steps: softly, which hides a version from its subject and keeps its id readable; then, if asked for, for good.</summary>
/// <remarks>An id is not given again while its record is in the topic; keep the newest schema, or never delete for good where data may still carry it.</remarks>
internal static class Deletion
{
    /// <summary>Deletes all versions of a subject and answers with their numbers. Its own level and mode go with them.</summary>
    public static Decision<int[]> DeleteSubject(SchemaState state, string subject, bool isPermanent)
    {
        var all = state.Versions(subject, withDeleted: true).ToArray();
        var live = all.Where(version => !version.IsDeleted).ToArray();
        if (all.Length == 0)
            throw ApiError.SubjectNotFound(subject);
        Settings.MustBeWritable(state, subject);
        foreach (var version in isPermanent ? all : live)
            ReferencedSchemas.MustBeUnused(state, version);
        if (isPermanent)
        {
            return live.Length == 0
                ? new([.. all.Select(version => new SchemaRecord(subject, version.Version, null))], [.. all.Select(version => version.Version)])
                : throw ApiError.SubjectNotSoftDeleted(subject);
        }
        if (live.Length == 0)
            throw ApiError.SubjectSoftDeleted(subject);
        List<StoreRecord> records = [new SubjectDeletedRecord(subject, live[^1].Version)];
        if (state.OwnSettings.ContainsKey(subject))
            records.Add(new SettingsRecord(subject, null));
        if (state.SubjectModes.ContainsKey(subject))
            records.Add(new ModeRecord(subject, null));
        return new(records, [.. live.Select(version => version.Version)]);
    }

    /// <summary>Deletes one version of a subject and answers with its number.</summary>
    public static Decision<int> DeleteVersion(SchemaState state, string subject, VersionId wanted, bool isPermanent)
    {
        if (!state.Versions(subject, withDeleted: true).Any())
            throw ApiError.SubjectNotFound(subject);
        Settings.MustBeWritable(state, subject);
        var version = wanted.In(state, subject, withDeleted: !wanted.IsLatest);
        ReferencedSchemas.MustBeUnused(state, version);
        if (isPermanent)
        {
            return version.IsDeleted
                ? new([new SchemaRecord(subject, version.Version, null)], version.Version)
                : throw ApiError.VersionNotSoftDeleted(subject, version.Version);
        }
        return version.IsDeleted
            ? throw ApiError.VersionSoftDeleted(subject, version.Version)
            : new([new SchemaRecord(subject, version.Version, version with { IsDeleted = true })], version.Version);
    }
}
