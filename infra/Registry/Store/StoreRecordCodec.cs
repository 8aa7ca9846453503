using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Streaming.Avro.Compatibility;

namespace Streaming.Registry.Store;

/// <summary>Records of the schemas topic as Confluent's registry writes them, so that either can take over the other's topic.</summary>
/// <remarks>
/// Keys: <c>{"keytype":"SCHEMA","subject":…,"version":…,"magic":1}</c>; CONFIG, MODE and DELETE_SUBJECT with magic 0. The order of the members is part
/// of the key, because compaction compares bytes. Source: io.confluent.kafka.schemaregistry.storage (SchemaKey, SchemaValue, ConfigKey, …).
/// </remarks>
internal static class StoreRecordCodec
{
    public static (byte[] Key, byte[]? Value) Encode(StoreRecord record) => record switch
    {
        SchemaRecord r => (Key("SCHEMA", r.Subject, r.Version, magic: 1), r.Schema is null ? null : Value(ToValue(r.Schema))),
        SubjectDeletedRecord r => (Key("DELETE_SUBJECT", r.Subject), Value(new ValueJson(Subject: r.Subject, Version: r.ThroughVersion))),
        SettingsRecord r => (Key("CONFIG", r.Subject), r.Settings is null ? null : Value(ToValue(r.Settings))),
        ModeRecord r => (Key("MODE", r.Subject), r.Mode is null ? null : Value(new ValueJson(Mode: r.Mode.Value.Name()))),
        _ => throw new UnreachableException($"No form for {record.GetType().Name}; add it above."),
    };

    /// <summary>False when the record says nothing to this registry; <paramref name="why"/> is null when that is as it should be.</summary>
    public static bool TryDecode(byte[]? key, byte[]? value, [NotNullWhen(true)] out StoreRecord? record, out string? why)
    {
        (record, why) = (null, null);
        try
        {
            var keyed = key is null ? null : JsonSerializer.Deserialize(key, StoreJson.Default.KeyJson);
            var valued = value is null ? null : JsonSerializer.Deserialize(value, StoreJson.Default.ValueJson);
            record = keyed?.KeyType switch
            {
                "SCHEMA" when keyed is { Subject: not null, Version: > 0 } => ToSchema(keyed.Subject, keyed.Version.Value, value is null, valued),
                "DELETE_SUBJECT" when keyed.Subject is not null && valued?.Version is not null => new SubjectDeletedRecord(keyed.Subject, valued.Version.Value),
                "CONFIG" when value is null => new SettingsRecord(keyed.Subject, null),
                "CONFIG" when valued is not null && TryToSettings(valued, out var settings) => new SettingsRecord(keyed.Subject, settings),
                "MODE" when value is null => new ModeRecord(keyed.Subject, null),
                "MODE" when RegistryModes.Find(valued?.Mode) is { } mode => new ModeRecord(keyed.Subject, mode),
                _ => null,
            };
            // Confluent's leader writes NOOP to learn where the topic ends; a deletion's tombstone says nothing that the state needs.
            var isSilent = keyed?.KeyType is "NOOP" || (keyed?.KeyType is "DELETE_SUBJECT" && value is null);
            why = record is null && !isSilent ? $"its key type {keyed?.KeyType ?? "(none)"} or its value is not known here" : null;
        }
        catch (JsonException cause)
        {
            why = cause.Message;
        }
        return record is not null;
    }

    private static SchemaRecord? ToSchema(string subject, int version, bool isGone, ValueJson? value) => value switch
    {
        null when isGone => new SchemaRecord(subject, version, null),
        { Id: > 0, Schema: not null } => new SchemaRecord(subject, version,
            new StoredSchema(subject, version, value.Id.Value, value.Schema, value.SchemaType ?? SchemaTypes.Avro, value.Deleted ?? false)
            {
                References = value.References ?? [], Metadata = value.Metadata, RuleSet = value.RuleSet,
            }),
        _ => null,
    };

    private static ValueJson ToValue(StoredSchema schema) => new(
        schema.Subject, schema.Version, schema.Id, schema.Type == SchemaTypes.Avro ? null : schema.Type, schema.Text, schema.IsDeleted,
        References: schema.References.Count == 0 ? null : schema.References, Metadata: schema.Metadata, RuleSet: schema.RuleSet);

    private static ValueJson ToValue(SubjectSettings settings) => new(
        CompatibilityLevel: settings.Level?.Name(), Alias: settings.Alias, Normalize: settings.Normalize, CompatibilityGroup: settings.CompatibilityGroup,
        DefaultMetadata: settings.DefaultMetadata, OverrideMetadata: settings.OverrideMetadata, DefaultRuleSet: settings.DefaultRuleSet, OverrideRuleSet: settings.OverrideRuleSet);

    private static bool TryToSettings(ValueJson value, out SubjectSettings settings)
    {
        settings = new SubjectSettings(
            CompatibilityLevels.TryParse(value.CompatibilityLevel, out var level) ? level : null, value.Alias, value.Normalize, value.CompatibilityGroup,
            value.DefaultMetadata, value.OverrideMetadata, value.DefaultRuleSet, value.OverrideRuleSet);
        return value.CompatibilityLevel is null || settings.Level is not null;
    }

    private static byte[] Key(string type, string? subject, int? version = null, int magic = 0) =>
        JsonSerializer.SerializeToUtf8Bytes(new KeyJson(type, subject, version, magic), RelaxedJson.Store.KeyJson);

    private static byte[] Value(ValueJson value) => JsonSerializer.SerializeToUtf8Bytes(value, RelaxedJson.Store.ValueJson);
}

/// <param name="Subject">Said even where it is null: the key of the registry's own settings.</param>
internal sealed record KeyJson(
    [property: JsonPropertyName("keytype")] string? KeyType,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Subject,
    int? Version,
    int Magic);

/// <summary>The union of all values' members; each kind writes its own.</summary>
internal sealed record ValueJson(
    string? Subject = null,
    int? Version = null,
    int? Id = null,
    string? SchemaType = null,
    string? Schema = null,
    bool? Deleted = null,
    string? CompatibilityLevel = null,
    string? Alias = null,
    bool? Normalize = null,
    string? Mode = null,
    IReadOnlyList<SchemaReference>? References = null,
    SchemaMetadata? Metadata = null,
    RuleSet? RuleSet = null,
    string? CompatibilityGroup = null,
    SchemaMetadata? DefaultMetadata = null,
    SchemaMetadata? OverrideMetadata = null,
    RuleSet? DefaultRuleSet = null,
    RuleSet? OverrideRuleSet = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(KeyJson))]
[JsonSerializable(typeof(ValueJson))]
internal sealed partial class StoreJson : JsonSerializerContext;
