using System.Globalization;
using Streaming.CommandHost.Http;
using Streaming.Contracts.Commands;
using Streaming.Contracts.Envelope;

namespace Streaming.CommandHost.Inventory;

/// <summary>What callers are told. Made of the result alone, so that a repeated command gets the same bytes.</summary>
internal static class InventoryAnswers
{
    /// <summary>The answer to a command.</summary>
    public static IResult To(CommandResult result, string action, HttpResponse response)
    {
        response.Headers.ETag = ETag(result.Version);
        if (result is CommandRefused refused)
            return Refused(refused).ToResult();
        if (action == "register")
            response.Headers.Location = LinkTo(new ResultKey(result.AggregateId, result.CommandId));
        var accepted = (CommandAccepted)result;
        return Results.Json(
            new Accepted(accepted.CommandId, accepted.AggregateId, accepted.Version, accepted.EventCount), AnswerJson.Options,
            statusCode: action == "register" ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    /// <summary>The answer while there is no result yet.</summary>
    public static IResult Pending(ResultKey key, HttpResponse response)
    {
        var link = LinkTo(key);
        response.Headers.Location = link;
        response.Headers.RetryAfter = "1";
        return Results.Json(
            new Undecided(key.CommandId, key.AggregateId, "pending", link), AnswerJson.Options, statusCode: StatusCodes.Status202Accepted);
    }

    /// <summary>What became of a command, to who asks for it by id.</summary>
    public static IResult Outcome(CommandResult result, HttpResponse response)
    {
        response.Headers.ETag = ETag(result.Version);
        return result switch
        {
            CommandAccepted a => Results.Json(
                new AcceptedOutcome(a.CommandId, a.AggregateId, "accepted", a.Version, a.EventCount), AnswerJson.Options),
            CommandRefused r => Results.Json(
                new RefusedOutcome(r.CommandId, r.AggregateId, "refused", r.Version, r.Code, r.Reason), AnswerJson.Options),
            _ => throw new InvalidOperationException($"No answer for {result.GetType().Name}; add it above."),
        };
    }

    private static Problem Refused(CommandRefused refused)
    {
        var (status, title) = refused.Code switch
        {
            "version-conflict" => (StatusCodes.Status412PreconditionFailed, "The version has changed"),
            "unknown-sku" => (StatusCodes.Status404NotFound, "The product is not known"),
            "malformed" => (StatusCodes.Status400BadRequest, "The command cannot be read"),
            _ when refused.Code.StartsWith("invalid-", StringComparison.Ordinal) =>
                (StatusCodes.Status422UnprocessableEntity, "The command is not valid"),
            _ => (StatusCodes.Status409Conflict, "The command is refused"),
        };
        return new Problem(status, title, refused.Reason, refused.Code)
        {
            CommandId = refused.CommandId,
            Sku = refused.AggregateId,
            Version = refused.Version,
        };
    }

    private static string ETag(long version) => $"\"{version.ToString(CultureInfo.InvariantCulture)}\"";

    private static string LinkTo(ResultKey key) =>
        $"/commands/inventory/{Uri.EscapeDataString(key.AggregateId)}/{Uri.EscapeDataString(key.CommandId)}";

    private sealed record Accepted(string CommandId, string Sku, long Version, int EventCount);

    private sealed record Undecided(string CommandId, string Sku, string Status, string Result);

    private sealed record AcceptedOutcome(string CommandId, string Sku, string Status, long Version, int EventCount);

    private sealed record RefusedOutcome(string CommandId, string Sku, string Status, long Version, string Code, string Reason);
}
