using System.Text.Json;
using Streaming.Contracts.Control;

namespace Streaming.Sinks.Control;

/// <summary>Reads requests: anybody may write them, by hand as well.</summary>
internal static class RequestFormat
{
    /// <exception cref="JsonException">It is none.</exception>
    public static SinkRequest Read(byte[] value) =>
        JsonSerializer.Deserialize(value, ControlJson.Default.SinkRequest) is { Id.Length: > 0, By: not null, Targets.Count: > 0 } request
        && Enum.IsDefined(request.Kind) && request.Targets.All(target => target?.Topic is not null) && (!request.IsOfGenerations || request.Generations is { Right: > 0 })
            ? request
            : throw new JsonException("A request names its id, kind, who asks, at least one target, and the generation that it is about, if any.");
}
