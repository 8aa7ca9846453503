using Streaming.Avro.Compatibility;
using Streaming.Registry.Store;

namespace Streaming.Registry.Subjects;

/// <summary>Levels and modes, of the registry or of a subject of its own. A subject may have them before its first schema.</summary>
internal static class Settings
{
    public static Decision<CompatibilityLevel> SetLevel(string? subject, string? name) =>
        CompatibilityLevels.TryParse(name, out var level)
            ? new([new LevelRecord(subject, level)], level)
            : throw ApiError.InvalidLevel(name);

    /// <summary>Takes a subject's own level back, or the registry's to its default, and answers with the one that was.</summary>
    public static Decision<CompatibilityLevel> ClearLevel(SchemaState state, string? subject) =>
        new([new LevelRecord(subject, null)], GetLevel(state, subject, isDefaulted: false));

    /// <param name="isDefaulted">The registry's level where the subject has none, instead of an error.</param>
    public static CompatibilityLevel GetLevel(SchemaState state, string? subject, bool isDefaulted)
    {
        if (subject is null)
            return state.Level;
        return isDefaulted || state.SubjectLevels.ContainsKey(subject) ? state.LevelOf(subject) : throw ApiError.NoSubjectLevel(subject);
    }

    public static Decision<RegistryMode> SetMode(string? subject, string? name) =>
        RegistryModes.Find(name) is { } mode ? new([new ModeRecord(subject, mode)], mode) : throw ApiError.InvalidMode(name);

    public static Decision<RegistryMode> ClearMode(SchemaState state, string? subject) =>
        new([new ModeRecord(subject, null)], GetMode(state, subject, isDefaulted: false));

    /// <param name="isDefaulted">The registry's mode where the subject has none, instead of an error.</param>
    public static RegistryMode GetMode(SchemaState state, string? subject, bool isDefaulted)
    {
        if (subject is null)
            return state.Mode;
        return isDefaulted || state.SubjectModes.ContainsKey(subject) ? state.ModeOf(subject) : throw ApiError.NoSubjectMode(subject);
    }

    /// <exception cref="ApiError">42205: the subject, or the registry, is read-only.</exception>
    public static void MustBeWritable(SchemaState state, string subject)
    {
        if (state.ModeOf(subject) == RegistryMode.ReadOnly)
            throw ApiError.NotPermitted($"Subject {subject} is in read-only mode");
    }
}
