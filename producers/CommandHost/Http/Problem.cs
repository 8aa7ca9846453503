using System.Text.Json.Serialization;

namespace Streaming.CommandHost.Http;

/// <summary>A problem as RFC 9457 has it. Says nothing that differs from one request to the next, so that a repeated command gets the same bytes.</summary>
internal sealed record Problem(int Status, string Title, string Detail, string Code)
{
    /// <summary>A name for the kind of problem, not an address.</summary>
    [JsonPropertyOrder(-1)]
    public string Type => $"urn:streaming:problem:{Code}";

    public string? CommandId { get; init; }

    public string? Sku { get; init; }

    /// <summary>The aggregate's version when the command was refused.</summary>
    public long? Version { get; init; }

    /// <summary>What is wrong with the request, by field.</summary>
    public IReadOnlyDictionary<string, List<string>>? Errors { get; init; }

    public IResult ToResult() => Results.Json(this, AnswerJson.Options, "application/problem+json", Status);
}
