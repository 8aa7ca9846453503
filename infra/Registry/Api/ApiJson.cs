using System.Text.Json.Serialization;
using Streaming.Registry.Store;

namespace Streaming.Registry.Api;

/// <summary>The bodies of the Confluent API.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SchemaRequest))]
[JsonSerializable(typeof(SettingRequest))]
[JsonSerializable(typeof(IdAnswer))]
[JsonSerializable(typeof(SchemaAnswer))]
[JsonSerializable(typeof(SchemaAnswer[]))]
[JsonSerializable(typeof(SubjectVersionAnswer[]))]
[JsonSerializable(typeof(ContextIdAnswer[]))]
[JsonSerializable(typeof(CompatibilityAnswer))]
[JsonSerializable(typeof(SettingAnswer))]
[JsonSerializable(typeof(ClusterAnswer))]
[JsonSerializable(typeof(VersionAnswer))]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(EmptyAnswer))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(int[]))]
internal sealed partial class ApiJson : JsonSerializerContext;

/// <summary>A schema to register, look up or judge.</summary>
internal sealed record SchemaRequest(
    string? Schema, string? SchemaType, IReadOnlyList<SchemaReference>? References, SchemaMetadata? Metadata, RuleSet? RuleSet, int? Id, int? Version);

internal sealed record SettingRequest(
    string? Compatibility, string? Mode, string? Alias, bool? Normalize, string? CompatibilityGroup, string? CompatibilityPolicy, bool? ValidateFields, bool? ValidateRules,
    SchemaMetadata? DefaultMetadata, SchemaMetadata? OverrideMetadata, RuleSet? DefaultRuleSet, RuleSet? OverrideRuleSet)
{
    /// <summary>What the caller wants to have effect, and would miss later; null: nothing.</summary>
    [JsonIgnore]
    public string? AsksForMore => ValidateFields == true || ValidateRules == true ? "validation of fields and rules"
        : CompatibilityPolicy is not (null or "STRICT") ? $"compatibility policy {CompatibilityPolicy}, which is of JSON Schema" : null;

    /// <summary>True when it sets nothing.</summary>
    [JsonIgnore]
    public bool IsEmpty => this is
    {
        Compatibility: null, Alias: null, Normalize: null, CompatibilityGroup: null, DefaultMetadata: null, OverrideMetadata: null, DefaultRuleSet: null, OverrideRuleSet: null,
    };
}

internal sealed record IdAnswer(int Id);

/// <summary>A schema; which members it has depends on the question.</summary>
/// <param name="Ts">When it was written, in milliseconds since 1970.</param>
/// <param name="MaxId">The highest id of the registry, for who asks for it.</param>
/// <param name="Aliases">Other names of the subject, for who asks for them.</param>
internal sealed record SchemaAnswer(
    string? Subject, int? Version, int? Id, string? Guid, string? SchemaType, string Schema, IReadOnlyList<SchemaReference>? References,
    SchemaMetadata? Metadata, RuleSet? RuleSet, long? Ts = null, bool? Deleted = null, int? MaxId = null, string[]? Aliases = null)
{
    public static SchemaAnswer OfVersion(StoredSchema schema) => OfId(schema) with { Id = schema.Id };

    /// <summary>What is told of a schema that was asked for by its id.</summary>
    public static SchemaAnswer OfId(StoredSchema schema) => OfGuid(schema) with { Subject = schema.Subject, Version = schema.Version };

    /// <summary>What is told of a schema that was asked for by its GUID, whatever subject has it.</summary>
    public static SchemaAnswer OfGuid(StoredSchema schema) => new(
        null, null, null, schema.Guid, schema.Type, schema.Text, schema.References.Count == 0 ? null : schema.References,
        schema.Metadata, schema.RuleSet, schema.WrittenAtMs, schema.IsDeleted);

    /// <summary>What is told of a schema to who registered it. With its subject: Confluent's .NET client takes the answer for that to a look-up later.</summary>
    public static SchemaAnswer OfRegistration(StoredSchema schema) => OfVersion(schema) with { Ts = null, Deleted = null };

    /// <summary>Without what version 8 of the API added, for who may not know of it.</summary>
    public SchemaAnswer OfVersion7() => this with { Guid = null, SchemaType = SchemaType == SchemaTypes.Avro ? null : SchemaType, Ts = null, Deleted = null };
}

internal sealed record SubjectVersionAnswer(string Subject, int Version);

internal sealed record ContextIdAnswer(string Context, int Id);

internal sealed record CompatibilityAnswer([property: JsonPropertyName("is_compatible")] bool IsCompatible, string[]? Messages);

/// <summary>A level is answered as <c>compatibilityLevel</c> when read, and as <c>compatibility</c> when set.</summary>
internal sealed record SettingAnswer(
    string? CompatibilityLevel = null, string? Compatibility = null, string? Mode = null, string? Alias = null, bool? Normalize = null, string? CompatibilityGroup = null,
    SchemaMetadata? DefaultMetadata = null, SchemaMetadata? OverrideMetadata = null, RuleSet? DefaultRuleSet = null, RuleSet? OverrideRuleSet = null)
{
    /// <summary>All but the level.</summary>
    public static SettingAnswer Of(SubjectSettings settings) => new(
        Alias: settings.Alias, Normalize: settings.Normalize, CompatibilityGroup: settings.CompatibilityGroup, DefaultMetadata: settings.DefaultMetadata,
        OverrideMetadata: settings.OverrideMetadata, DefaultRuleSet: settings.DefaultRuleSet, OverrideRuleSet: settings.OverrideRuleSet);
}

/// <summary>Which registry answers.</summary>
internal sealed record ClusterAnswer(string Id, ClusterScope Scope);

internal sealed record ClusterScope(string[] Path, IReadOnlyDictionary<string, string> Clusters);

internal sealed record VersionAnswer(string Version, string CommitId);

internal sealed record ErrorAnswer([property: JsonPropertyName("error_code")] int ErrorCode, string Message);

internal sealed record EmptyAnswer;
