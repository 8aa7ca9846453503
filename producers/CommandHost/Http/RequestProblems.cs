namespace Streaming.CommandHost.Http;

/// <summary>Problems that are about the request or the host, not about an aggregate.</summary>
internal static class RequestProblems
{
    public static Problem Invalid(FieldErrors errors) =>
        new(StatusCodes.Status400BadRequest, "The request is not valid", "See errors, by field.", "invalid-request") { Errors = errors.ByField };

    public static Problem NotReady() => new(
        StatusCodes.Status503ServiceUnavailable, "Starting", "The host is still connecting to Kafka and the schema registry: try again.", "not-ready");
}
