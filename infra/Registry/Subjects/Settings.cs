using Streaming.Avro.Compatibility;
using Streaming.Registry.Api;
using Streaming.Registry.Store;

namespace Streaming.Registry.Subjects;

/// <summary>Levels and modes, of the registry or of a subject of its own. A subject may have them before its first schema.</summary>
internal static class Settings
{
    /// <summary>Sets what the request has; what it leaves out stays as it is.</summary>
    /// <exception cref="ApiError">42203 no level; 42205 what is not kept here.</exception>
    public static Decision<SubjectSettings> Set(SchemaState state, string? subject, SettingRequest asked)
    {
        if (asked.AsksForMore is { } what)
            throw ApiError.NotPermitted($"This registry keeps no {what}: schemas have no metadata here by which versions could be told apart.");
        var before = Own(state, subject) ?? SubjectSettings.None;
        if (asked is { Compatibility: null, Alias: null, Normalize: null } || (asked.Compatibility is not null && !CompatibilityLevels.TryParse(asked.Compatibility, out _)))
            throw ApiError.InvalidLevel(asked.Compatibility);
        var level = CompatibilityLevels.TryParse(asked.Compatibility, out var parsed) ? parsed : before.Level;
        var alias = asked.Alias is null ? before.Alias : asked.Alias.Length == 0 ? null : asked.Alias;
        var after = new SubjectSettings(level, alias, asked.Normalize ?? before.Normalize);
        return new([new SettingsRecord(subject, after)], after);
    }

    /// <summary>Takes a subject's own settings back, or the registry's to their defaults, and answers with those that were.</summary>
    public static Decision<SubjectSettings> Clear(SchemaState state, string? subject) =>
        new([new SettingsRecord(subject, null)], Get(state, subject, isDefaulted: false));

    /// <param name="isDefaulted">The registry's settings where the subject has none, instead of an error.</param>
    public static SubjectSettings Get(SchemaState state, string? subject, bool isDefaulted)
    {
        if (subject is not null && !isDefaulted && !state.OwnSettings.ContainsKey(subject))
            throw ApiError.NoSubjectLevel(subject);
        return (Own(state, subject) ?? state.Settings) with { Level = state.LevelOf(subject) };
    }

    /// <param name="isForced">Also where importing would mix with ids that were given here.</param>
    /// <exception cref="ApiError">42204 no mode; 42205 importing into what is not empty.</exception>
    public static Decision<RegistryMode> SetMode(SchemaState state, string? subject, string? name, bool isForced)
    {
        if (RegistryModes.Find(name) is not { } mode || (mode == RegistryMode.ReadOnlyOverride && subject is not null))
            throw ApiError.InvalidMode(name);
        var isEmpty = subject is null ? state.Subjects.IsEmpty : !state.Versions(subject, withDeleted: true).Any();
        if (mode == RegistryMode.Import && !isForced && !isEmpty && GetMode(state, subject, isDefaulted: true) != RegistryMode.Import)
            throw ApiError.NotPermitted(subject is null ? "Cannot import since found existing subjects" : $"Cannot import since found existing schemas of subject {subject}");
        return new([new ModeRecord(subject, mode)], mode);
    }

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
        if (state.ModeOf(subject) is RegistryMode.ReadOnly or RegistryMode.ReadOnlyOverride)
            throw ApiError.NotPermitted($"Subject {subject} is in read-only mode");
    }

    private static SubjectSettings? Own(SchemaState state, string? subject) =>
        subject is null ? state.Settings : state.OwnSettings.GetValueOrDefault(subject);
}
