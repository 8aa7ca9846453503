using System.Text.Json.Serialization;

namespace Streaming.Contracts.Control;

/// <summary>The values of control and status topics: JSON with camel-case names, enumerations by name.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SinkPause))]
[JsonSerializable(typeof(SinkRequest))]
[JsonSerializable(typeof(SinkAnswer))]
[JsonSerializable(typeof(SinkReport))]
[JsonSerializable(typeof(SinkGenerations))]
public sealed partial class ControlJson : JsonSerializerContext;
