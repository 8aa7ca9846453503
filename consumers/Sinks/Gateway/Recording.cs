using System.Text.Json.Serialization;

namespace Streaming.Sinks.Gateway;

/// <summary>How far a recorded call has come.</summary>
public enum RecordingState
{
    /// <summary>It is about to be made. Found after a crash: nobody knows whether it was.</summary>
    Intended,

    /// <summary>It certainly had no effect, and may be made again.</summary>
    Failed,

    /// <summary>It was answered.</summary>
    Answered,
}

/// <summary>A call to an external system, made for an event, and its answer as it was then.</summary>
/// <param name="Position">The event's, <c>topic-partition@offset</c>.</param>
/// <param name="Status">The answer's HTTP status; 0 without an answer.</param>
/// <param name="Headers">Of the answer and its content; several values are joined by commas.</param>
/// <param name="Body">The answer's content, as it is.</param>
/// <param name="At">When.</param>
public sealed record Recording(
    RecordingState State, string Method, string Uri, string Position, int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body, DateTimeOffset At);

/// <summary>A recording as JSON with camel-case names, bodies as base64.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Recording))]
internal sealed partial class RecordingJson : JsonSerializerContext;
