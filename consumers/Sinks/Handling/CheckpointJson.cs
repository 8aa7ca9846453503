using System.Text.Json.Serialization;
using Streaming.Sinks.Positions;

namespace Streaming.Sinks.Handling;

/// <summary>A checkpoint as JSON with camel-case names.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Checkpoint))]
internal sealed partial class CheckpointJson : JsonSerializerContext;
