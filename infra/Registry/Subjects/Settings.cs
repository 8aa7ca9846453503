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
            throw ApiError.NotPermitted($"This registry has no {what}: leave the setting out.");
        if ((asked.DefaultRuleSet?.Violation() ?? asked.OverrideRuleSet?.Violation()) is { } violation)
            throw ApiError.InvalidRuleSet(violation);
        if (asked.IsEmpty || (asked.Compatibility is not null && !CompatibilityLevels.TryParse(asked.Compatibility, out _)))
            throw ApiError.InvalidLevel(asked.Compatibility);
        var before = Own(state, subject) ?? SubjectSettings.None;
        var after = new SubjectSettings(
            CompatibilityLevels.TryParse(asked.Compatibility, out var level) ? level : before.Level,
            Said(asked.Alias, before.Alias),
            asked.Normalize ?? before.Normalize,
            Said(asked.CompatibilityGroup, before.CompatibilityGroup),
            asked.DefaultMetadata ?? before.DefaultMetadata,
            asked.OverrideMetadata ?? before.OverrideMetadata,
            asked.DefaultRuleSet ?? before.DefaultRuleSet,
            asked.OverrideRuleSet ?? before.OverrideRuleSet);
        return new([new SettingsRecord(subject, after)], after);
    }

    /// <summary>Takes a subject's own settings back, or the registry's to their defaults, and answers with those that were.</summary>
    /// <exception cref="ApiError">40401: the subject has none.</exception>
    public static Decision<SubjectSettings> Clear(SchemaState state, string? subject) => subject is null || state.OwnSettings.ContainsKey(subject)
        ? new([new SettingsRecord(subject, null)], Get(state, subject, isDefaulted: false))
        : throw ApiError.SubjectNotFound(subject);

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

    /// <summary>Takes a mode back, and answers with what it was.</summary>
    /// <param name="isRecursive">With the registry's, those of all subjects.</param>
    /// <exception cref="ApiError">40401: the subject has none.</exception>
    public static Decision<RegistryMode> ClearMode(SchemaState state, string? subject, bool isRecursive)
    {
        if (subject is not null && !state.SubjectModes.ContainsKey(subject))
            throw ApiError.SubjectNotFound(subject);
        var below = subject is null && isRecursive ? state.SubjectModes.Keys.Order(StringComparer.Ordinal) : Enumerable.Empty<string>();
        return new([new ModeRecord(subject, null), .. below.Select(name => new ModeRecord(name, null))], GetMode(state, subject, isDefaulted: false));
    }

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

    /// <summary>What is not said stays; what is said to be nothing goes.</summary>
    private static string? Said(string? asked, string? before) => asked switch
    {
        null => before,
        "" => null,
        _ => asked,
    };

    private static SubjectSettings? Own(SchemaState state, string? subject) =>
        subject is null ? state.Settings : state.OwnSettings.GetValueOrDefault(subject);
}
