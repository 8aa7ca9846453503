using System.Globalization;
using Streaming.CommandHost.Http;
using Streaming.Contracts.Commands;
using Streaming.Contracts.Envelope;

namespace Streaming.CommandHost.Serving;

/// <summary>What callers of one context are told. Made of the result alone, so that a repeated command gets the same bytes.</summary>
/// <param name="idName">What the context calls its aggregates' ids.</param>
/// <param name="unknown">The refusal that means "no such aggregate", and what its problem is titled.</param>
internal sealed class CommandAnswers(string context, string idName, (string Code, string Title) unknown)
{
    /// <summary>The answer to a command.</summary>
    public IResult To(CommandResult result, bool creates, HttpResponse response)
    {
        response.Headers.ETag = ETag(result.Version);
        if (result is CommandRefused refused)
            return Refused(refused).ToResult();
        var accepted = (CommandAccepted)result;
        if (creates)
            response.Headers.Location = LinkTo(new ResultKey(result.AggregateId, result.CommandId));
        return Json(creates ? StatusCodes.Status201Created : StatusCodes.Status200OK,
            ("commandId", accepted.CommandId), (idName, accepted.AggregateId), ("version", accepted.Version), ("eventCount", accepted.EventCount));
    }

    /// <summary>The answer while there is no result yet.</summary>
    public IResult Pending(ResultKey key, HttpResponse response)
    {
        var link = LinkTo(key);
        response.Headers.Location = link;
        response.Headers.RetryAfter = "1";
        return Json(StatusCodes.Status202Accepted,
            ("commandId", key.CommandId), (idName, key.AggregateId), ("status", "pending"), ("result", link));
    }

    /// <summary>What became of a command, to who asks for it by id.</summary>
    public IResult Outcome(CommandResult result, HttpResponse response)
    {
        response.Headers.ETag = ETag(result.Version);
        return result switch
        {
            CommandAccepted a => Json(StatusCodes.Status200OK,
                ("commandId", a.CommandId), (idName, a.AggregateId), ("status", "accepted"), ("version", a.Version), ("eventCount", a.EventCount)),
            CommandRefused r => Json(StatusCodes.Status200OK,
                ("commandId", r.CommandId), (idName, r.AggregateId), ("status", "refused"), ("version", r.Version), ("code", r.Code), ("reason", r.Reason)),
            _ => throw new InvalidOperationException($"No answer for {result.GetType().Name}; add it above."),
        };
    }

    public Problem NoResult(ResultKey key) => Of(key, new(
        StatusCodes.Status404NotFound, "No such result", "Not decided yet, or longer ago than results are kept here: "
        + "ask again, or send the command again under the same Idempotency-Key.", "no-result"));

    public Problem AnotherBody(ResultKey key) => Of(key, new(
        StatusCodes.Status422UnprocessableEntity,
        "The key belongs to another command",
        $"{CommandHeaders.IdempotencyKey} {key.CommandId} was used for another command of {key.AggregateId}: repeat that command, or use a new key.",
        "key-reused"));

    public Problem Unconfirmed(ResultKey key) => Of(key, new(
        StatusCodes.Status503ServiceUnavailable,
        "Kafka does not answer",
        $"It is not known whether the command was recorded: send it again under the same {CommandHeaders.IdempotencyKey}.",
        "unconfirmed"));

    private Problem Refused(CommandRefused refused)
    {
        var (status, title) = refused.Code switch
        {
            "version-conflict" => (StatusCodes.Status412PreconditionFailed, "The version has changed"),
            "erased" => (StatusCodes.Status410Gone, "Erased"),
            "malformed" => (StatusCodes.Status400BadRequest, "The command cannot be read"),
            _ when refused.Code == unknown.Code => (StatusCodes.Status404NotFound, unknown.Title),
            _ when refused.Code.StartsWith("invalid-", StringComparison.Ordinal) =>
                (StatusCodes.Status422UnprocessableEntity, "The command is not valid"),
            _ => (StatusCodes.Status409Conflict, "The command is refused"),
        };
        return Of(new(refused.AggregateId, refused.CommandId), new(status, title, refused.Reason, refused.Code)) with { Version = refused.Version };
    }

    private Problem Of(ResultKey key, Problem problem) => problem with { CommandId = key.CommandId, Id = (idName, key.AggregateId) };

    private static IResult Json(int status, params ReadOnlySpan<(string Name, object Value)> members)
    {
        var json = new OrderedDictionary<string, object>(members.Length);
        foreach (var (name, value) in members)
            json.Add(name, value);
        return Results.Json(json, AnswerJson.Options, statusCode: status);
    }

    private static string ETag(long version) => $"\"{version.ToString(CultureInfo.InvariantCulture)}\"";

    private string LinkTo(ResultKey key) =>
        $"/commands/{context}/{Uri.EscapeDataString(key.AggregateId)}/{Uri.EscapeDataString(key.CommandId)}";
}
