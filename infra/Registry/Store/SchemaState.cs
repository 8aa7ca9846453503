using System.Collections.Immutable;
using System.Diagnostics;
using Streaming.Avro.Compatibility;

namespace Streaming.Registry.Store;

/// <summary>Everything the registry knows: the fold of its topic. Immutable, so that readers need no lock.</summary>
internal sealed record SchemaState
{
    public static readonly SchemaState Empty = new();

    /// <summary>Versions by number, deleted ones too; a subject without any is not here.</summary>
    public ImmutableSortedDictionary<string, ImmutableSortedDictionary<int, StoredSchema>> Subjects { get; private init; } =
        ImmutableSortedDictionary.Create<string, ImmutableSortedDictionary<int, StoredSchema>>(StringComparer.Ordinal);

    /// <summary>Ids by <see cref="SchemaGuid"/>.</summary>
    public ImmutableDictionary<string, int> Ids { get; private init; } = [];

    public ImmutableDictionary<int, StoredSchema> ById { get; private init; } = [];

    /// <summary>The highest id ever given: the next one is above it even when its schema is gone.</summary>
    public int LastId { get; private init; }

    public SubjectSettings Settings { get; private init; } = SubjectSettings.None;

    public ImmutableDictionary<string, SubjectSettings> OwnSettings { get; private init; } = [];

    public RegistryMode Mode { get; private init; } = RegistryMode.ReadWrite;

    public ImmutableDictionary<string, RegistryMode> SubjectModes { get; private init; } = [];

    /// <summary>A subject's versions, oldest first; without the deleted ones unless they are asked for.</summary>
    public IEnumerable<StoredSchema> Versions(string subject, bool withDeleted = false) =>
        Subjects.TryGetValue(subject, out var versions) ? versions.Values.Where(version => withDeleted || !version.IsDeleted) : [];

    /// <summary>The subject's own level, or the registry's, or what Confluent's registry begins with.</summary>
    public CompatibilityLevel LevelOf(string? subject) => Own(subject).Level ?? Settings.Level ?? CompatibilityLevel.Backward;

    /// <summary>True when the subject's schemas are normalized although their caller does not ask for it: by its own setting, or the registry's where it has none.</summary>
    public bool IsNormalizing(string subject) => Own(subject).Normalize ?? Settings.Normalize ?? false;

    /// <summary>The property of their metadata by which the subject's versions are told apart; null: each must go with each.</summary>
    public string? CompatibilityGroupOf(string subject) => Own(subject).CompatibilityGroup ?? Settings.CompatibilityGroup;

    public RegistryMode ModeOf(string subject) =>
        Mode != RegistryMode.ReadOnlyOverride && SubjectModes.TryGetValue(subject, out var mode) ? mode : Mode;

    /// <summary>The subject that a name means: another where it is an alias.</summary>
    public string Meant(string subject) => Own(subject).Alias ?? subject;

    /// <summary>The subject's own settings, or the registry's where it has none.</summary>
    public SubjectSettings SettingsOf(string subject) => OwnSettings.GetValueOrDefault(subject) ?? Settings;

    /// <summary>Other names of the subject.</summary>
    public IEnumerable<string> AliasesOf(string subject) =>
        OwnSettings.Where(own => own.Value.Alias == subject).Select(own => own.Key).Order(StringComparer.Ordinal);

    public SchemaState Apply(StoreRecord record) => record switch
    {
        SchemaRecord { Schema: { } schema } => With(schema),
        SchemaRecord r => Without(r.Subject, r.Version),
        SubjectDeletedRecord r => Versions(r.Subject).Where(version => version.Version <= r.ThroughVersion)
            .Aggregate(this, (state, version) => state.With(version with { IsDeleted = true })),
        SettingsRecord { Subject: null } r => this with { Settings = r.Settings ?? SubjectSettings.None },
        SettingsRecord { Settings: null } r => this with { OwnSettings = OwnSettings.Remove(r.Subject) },
        SettingsRecord r => this with { OwnSettings = OwnSettings.SetItem(r.Subject, r.Settings) },
        ModeRecord { Subject: null } r => this with { Mode = r.Mode ?? Empty.Mode },
        ModeRecord { Mode: null } r => this with { SubjectModes = SubjectModes.Remove(r.Subject) },
        ModeRecord r => this with { SubjectModes = SubjectModes.SetItem(r.Subject, r.Mode.Value) },
        _ => throw new UnreachableException($"No effect for {record.GetType().Name}; add it above."),
    };

    private SubjectSettings Own(string? subject) => subject is not null && OwnSettings.TryGetValue(subject, out var own) ? own : SubjectSettings.None;

    private SchemaState With(StoredSchema written)
    {
        var schema = written with { Guid = SchemaGuid.Of(written) };
        var versions = Subjects.GetValueOrDefault(schema.Subject, ImmutableSortedDictionary<int, StoredSchema>.Empty);
        return this with
        {
            Subjects = Subjects.SetItem(schema.Subject, versions.SetItem(schema.Version, schema)),
            Ids = Ids.SetItem(schema.Guid, schema.Id),
            ById = ById.SetItem(schema.Id, schema),
            LastId = Math.Max(LastId, schema.Id),
        };
    }

    private SchemaState Without(string subject, int version)
    {
        if (!Subjects.TryGetValue(subject, out var versions) || !versions.TryGetValue(version, out var gone))
            return this;
        var rest = versions.Remove(version);
        var left = this with { Subjects = rest.IsEmpty ? Subjects.Remove(subject) : Subjects.SetItem(subject, rest) };
        var other = left.Subjects.Values.SelectMany(others => others.Values).FirstOrDefault(schema => schema.Id == gone.Id);
        return other is not null
            ? left with { ById = ById.SetItem(gone.Id, other) }
            : left with { ById = ById.Remove(gone.Id), Ids = Ids.Remove(gone.Guid) };
    }
}
