using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Streaming.Commands.Processes;

/// <summary>Ids of commands that follow from something, made of what they follow from: whatever is sent again is recognised as the same.</summary>
public static class ProcessIds
{
    /// <summary>Who hears the answer to a request, for <c>ce_replyto</c>: <c>{context}/{aggregateId}</c>.</summary>
    public static string ReplyTo(string context, string aggregateId) => $"{context}/{aggregateId}";

    /// <summary>Of a request: <c>{context}/{aggregateId}/{name}</c>.</summary>
    public static string Request(string replyTo, string name) => $"{replyTo}/{name}";

    /// <summary>Of the command that says that a deadline has passed: <c>timer/{aggregateId}/{unix ms}</c>.</summary>
    public static string Timer(string aggregateId, DateTimeOffset deadline) =>
        string.Create(CultureInfo.InvariantCulture, $"timer/{aggregateId}/{deadline.ToUnixTimeMilliseconds()}");

    /// <summary>Of the command that carries an answer: <c>answer/{context}/{aggregateId}/{commandId}</c> of who answered and what was answered.</summary>
    public static string Answer(string context, string aggregateId, string commandId) => $"answer/{context}/{aggregateId}/{commandId}";

    /// <summary>Of the command that an event becomes: <c>{context}/{event key}</c>.</summary>
    public static string Routed(string context, string eventKey) => $"{context}/{eventKey}";

    /// <summary>The aggregate of <paramref name="context"/> that hears an answer; false when it is for somebody else.</summary>
    public static bool IsFor(string context, string replyTo, [NotNullWhen(true)] out string? aggregateId)
    {
        var isFor = replyTo.Length > context.Length + 1 && replyTo[context.Length] == '/' && replyTo.StartsWith(context, StringComparison.Ordinal);
        aggregateId = isFor ? replyTo[(context.Length + 1)..] : null;
        return isFor;
    }

    /// <summary>The name of the request that a command was; false when it was no request of this aggregate.</summary>
    public static bool TryRequestName(string replyTo, string commandId, [NotNullWhen(true)] out string? name)
    {
        var isRequest = commandId.Length > replyTo.Length + 1 && commandId[replyTo.Length] == '/' && commandId.StartsWith(replyTo, StringComparison.Ordinal);
        name = isRequest ? commandId[(replyTo.Length + 1)..] : null;
        return isRequest;
    }
}
