namespace Streaming.CommandHost.Http;

/// <summary>A problem as RFC 9457 has it. Says nothing that differs from one request to the next, so that a repeated command gets the same bytes.</summary>
/// <param name="Code">Names the kind of problem; programs may branch on it.</param>
internal sealed record Problem(int Status, string Title, string Detail, string Code)
{
    public const string MediaType = "application/problem+json";

    public string? CommandId { get; init; }

    /// <summary>What the context calls its aggregates' ids, and the id; null when the problem is about none.</summary>
    public (string Name, string Value)? Id { get; init; }

    /// <summary>The aggregate's version when the command was refused.</summary>
    public long? Version { get; init; }

    /// <summary>What is wrong with the request, by field.</summary>
    public IReadOnlyDictionary<string, List<string>>? Errors { get; init; }

    public IResult ToResult()
    {
        var members = new OrderedDictionary<string, object?>
        {
            ["type"] = $"urn:streaming:problem:{Code}",     // A name for the kind of problem, not an address.
            ["status"] = Status,
            ["title"] = Title,
            ["detail"] = Detail,
            ["code"] = Code,
        };
        if (CommandId is not null)
            members["commandId"] = CommandId;
        if (Id is var (name, value))
            members[name] = value;
        if (Version is not null)
            members["version"] = Version;
        if (Errors is not null)
            members["errors"] = Errors;
        return Results.Json(members, AnswerJson.Options, MediaType, Status);
    }
}
