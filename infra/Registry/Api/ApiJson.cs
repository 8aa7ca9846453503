using System.Text.Json;
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
    string? Schema, string? SchemaType, IReadOnlyList<SchemaReference>? References, JsonElement? Metadata, JsonElement? RuleSet, int? Id, int? Version)
{
    /// <summary>What the caller wants beyond an Avro schema, and would miss later; null: nothing.</summary>
    [JsonIgnore]
    public string? AsksForMore =>
        HasContent(Metadata) ? "metadata" : HasContent(RuleSet) ? "rule sets" : null;

    internal static bool HasContent(JsonElement? element) => element?.ValueKind switch
    {
        null or JsonValueKind.Null or JsonValueKind.Undefined => false,
        JsonValueKind.Array => element.Value.GetArrayLength() > 0,
        _ => true,
    };
}

internal sealed record SettingRequest(
    string? Compatibility, string? Mode, string? Alias, bool? Normalize, string? CompatibilityGroup,
    JsonElement? DefaultMetadata, JsonElement? OverrideMetadata, JsonElement? DefaultRuleSet, JsonElement? OverrideRuleSet)
{
    /// <summary>What the caller wants kept, and would miss later; null: nothing.</summary>
    [JsonIgnore]
    public string? AsksForMore => CompatibilityGroup is { Length: > 0 } ? "compatibility groups"
        : SchemaRequest.HasContent(DefaultMetadata) || SchemaRequest.HasContent(OverrideMetadata) ? "metadata"
        : SchemaRequest.HasContent(DefaultRuleSet) || SchemaRequest.HasContent(OverrideRuleSet) ? "rule sets" : null;
}

internal sealed record IdAnswer(int Id);

/// <summary>A schema; which members it has depends on the question.</summary>
/// <param name="MaxId">The highest id of the registry, for who asks for it.</param>
internal sealed record SchemaAnswer(
    string? Subject, int? Version, int? Id, string? SchemaType, string Schema, IReadOnlyList<SchemaReference>? References, int? MaxId = null)
{
    public static SchemaAnswer OfVersion(StoredSchema schema) => Of(schema) with { Subject = schema.Subject, Version = schema.Version, Id = schema.Id };

    /// <summary>What an id alone tells.</summary>
    public static SchemaAnswer Of(StoredSchema schema) => new(
        null, null, null, schema.Type == SchemaTypes.Avro ? null : schema.Type, schema.Text, schema.References.Count == 0 ? null : schema.References);
}

internal sealed record SubjectVersionAnswer(string Subject, int Version);

internal sealed record CompatibilityAnswer([property: JsonPropertyName("is_compatible")] bool IsCompatible, string[]? Messages);

/// <summary>A level is answered as <c>compatibilityLevel</c> when read, and as <c>compatibility</c> when set.</summary>
internal sealed record SettingAnswer(string? CompatibilityLevel = null, string? Compatibility = null, string? Mode = null, string? Alias = null, bool? Normalize = null);

/// <summary>Which registry answers.</summary>
internal sealed record ClusterAnswer(string Id, ClusterScope Scope);

internal sealed record ClusterScope(string[] Path, IReadOnlyDictionary<string, string> Clusters);

internal sealed record VersionAnswer(string Version, string CommitId);

internal sealed record ErrorAnswer([property: JsonPropertyName("error_code")] int ErrorCode, string Message);

internal sealed record EmptyAnswer;
