using System.Text.Json.Serialization;

namespace Streaming.Serdes.Registry;

/// <summary>The bodies of the Confluent API that the client sends and reads.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SchemaBody))]
[JsonSerializable(typeof(IdAnswer))]
[JsonSerializable(typeof(RegisteredSchema))]
[JsonSerializable(typeof(VerdictAnswer))]
[JsonSerializable(typeof(CompatibilityBody))]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(int[]))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class RegistryJson : JsonSerializerContext;

/// <summary>A schema on its way to the registry, or back by its id. Avro when no type is given.</summary>
internal sealed record SchemaBody(string Schema, string? SchemaType = null, SchemaReference[]? References = null);

/// <summary>A version of a subject whose types the schema uses by name.</summary>
internal sealed record SchemaReference(string? Name, string? Subject, int? Version);

internal sealed record IdAnswer(int Id);

internal sealed record VerdictAnswer([property: JsonPropertyName("is_compatible")] bool IsCompatible, string[]? Messages);

/// <summary>A level is set as <c>compatibility</c> and read as <c>compatibilityLevel</c>.</summary>
internal sealed record CompatibilityBody(string? Compatibility = null, string? CompatibilityLevel = null);

internal sealed record ErrorAnswer([property: JsonPropertyName("error_code")] int ErrorCode, string? Message);
