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

    /// <summary>Ids by <see cref="SchemaIdentity"/>.</summary>
    public ImmutableDictionary<string, int> Ids { get; private init; } = [];

    public ImmutableDictionary<int, StoredSchema> ById { get; private init; } = [];

    /// <summary>The highest id ever given: the next one is above it even when its schema is gone.</summary>
    public int LastId { get; private init; }

    /// <summary>Confluent's default for a new registry.</summary>
    public CompatibilityLevel Level { get; private init; } = CompatibilityLevel.Backward;

    public ImmutableDictionary<string, CompatibilityLevel> SubjectLevels { get; private init; } = [];

    public RegistryMode Mode { get; private init; } = RegistryMode.ReadWrite;

    public ImmutableDictionary<string, RegistryMode> SubjectModes { get; private init; } = [];

    /// <summary>A subject's versions, oldest first; without the deleted ones unless they are asked for.</summary>
    public IEnumerable<StoredSchema> Versions(string subject, bool withDeleted = false) =>
        Subjects.TryGetValue(subject, out var versions) ? versions.Values.Where(version => withDeleted || !version.IsDeleted) : [];

    public CompatibilityLevel LevelOf(string subject) => SubjectLevels.TryGetValue(subject, out var level) ? level : Level;

    public RegistryMode ModeOf(string subject) => SubjectModes.TryGetValue(subject, out var mode) ? mode : Mode;

    public SchemaState Apply(StoreRecord record) => record switch
    {
        SchemaRecord { Schema: { } schema } => With(schema),
        SchemaRecord r => Without(r.Subject, r.Version),
        SubjectDeletedRecord r => Versions(r.Subject).Where(version => version.Version <= r.ThroughVersion)
            .Aggregate(this, (state, version) => state.With(version with { IsDeleted = true })),
        LevelRecord { Subject: null } r => this with { Level = r.Level ?? Empty.Level },
        LevelRecord r => this with { SubjectLevels = Set(SubjectLevels, r.Subject, r.Level) },
        ModeRecord { Subject: null } r => this with { Mode = r.Mode ?? Empty.Mode },
        ModeRecord r => this with { SubjectModes = Set(SubjectModes, r.Subject, r.Mode) },
        _ => throw new UnreachableException($"No effect for {record.GetType().Name}; add it above."),
    };

    private SchemaState With(StoredSchema schema)
    {
        var versions = Subjects.GetValueOrDefault(schema.Subject, ImmutableSortedDictionary<int, StoredSchema>.Empty);
        return this with
        {
            Subjects = Subjects.SetItem(schema.Subject, versions.SetItem(schema.Version, schema)),
            Ids = Ids.SetItem(SchemaIdentity.Of(schema), schema.Id),
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
            : left with { ById = ById.Remove(gone.Id), Ids = Ids.Remove(SchemaIdentity.Of(gone)) };
    }

    private static ImmutableDictionary<string, T> Set<T>(ImmutableDictionary<string, T> values, string key, T? value)
        where T : struct => value is null ? values.Remove(key) : values.SetItem(key, value.Value);
}
