using System.Globalization;

namespace Streaming.CommandHost.Http;

/// <summary>The headers that say how a command is to be taken.</summary>
/// <param name="CommandId">From <c>Idempotency-Key</c>; a new UUIDv7 when the caller gives none.</param>
/// <param name="ExpectedVersion">From <c>If-Match</c>; null when any version will do.</param>
/// <param name="CorrelationId">From <c>X-Correlation-Id</c>; null when the caller ties nothing together.</param>
/// <param name="Wait">How long to wait for the result; from <c>Prefer</c> where the caller has a preference.</param>
internal sealed record CommandHeaders(string CommandId, long? ExpectedVersion, string? CorrelationId, TimeSpan Wait)
{
    /// <summary>The caller said that it wants to wait: for what follows from the command, too, where something does.</summary>
    public bool PrefersWait { get; private init; }

    /// <summary>The caller gave the command's id itself.</summary>
    public bool HasOwnId { get; private init; }

    public const string IdempotencyKey = "Idempotency-Key";
    public const string Correlation = "X-Correlation-Id";

    public static CommandHeaders Read(IHeaderDictionary headers, CommandApiOptions options, TimeProvider time, FieldErrors errors) => new(
        ReadCommandId(headers, time, errors), ReadExpectedVersion(headers, errors), ReadCorrelationId(headers, errors), ReadWait(headers, options))
    {
        PrefersWait = Preferences(headers).Any(preference => preference.Equals("wait", StringComparison.OrdinalIgnoreCase)
            || preference.StartsWith("wait=", StringComparison.OrdinalIgnoreCase)),
        HasOwnId = headers[IdempotencyKey].Count > 0,
    };

    private static string ReadCommandId(IHeaderDictionary headers, TimeProvider time, FieldErrors errors)
    {
        var given = headers[IdempotencyKey];
        if (given.Count == 0)
            return Guid.CreateVersion7(time.GetUtcNow()).ToString();
        return Checked(IdempotencyKey, given.ToString(), "command id", errors);
    }

    private static string? ReadCorrelationId(IHeaderDictionary headers, FieldErrors errors) =>
        headers[Correlation] is { Count: > 0 } given ? Checked(Correlation, given.ToString(), "correlation id", errors) : null;

    private static string Checked(string header, string id, string what, FieldErrors errors)
    {
        if (!Contracts.Envelope.CommandId.IsValid(id))
            errors.Add(header, $"is no {what}: give 1 to {Contracts.Envelope.CommandId.LengthMax} characters, none of them a control character.");
        return id;
    }

    // An ETag of ours is a version in quotes; the quotes may be left out. "*" asks only that the aggregate exists, which every command does.
    private static long? ReadExpectedVersion(IHeaderDictionary headers, FieldErrors errors)
    {
        var given = headers.IfMatch.ToString().Trim();
        if (given is "" or "*")
            return null;
        var version = given.Length > 2 && given[0] == '"' && given[^1] == '"' ? given[1..^1] : given;
        if (long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var expected))
            return expected;
        errors.Add("If-Match", "is no version: give one ETag of an earlier answer, such as \"3\".");
        return null;
    }

    // RFC 7240: a preference that cannot be met is ignored.
    private static TimeSpan ReadWait(IHeaderDictionary headers, CommandApiOptions options)
    {
        var preferences = Preferences(headers);
        foreach (var preference in preferences)
        {
            if (preference.StartsWith("wait=", StringComparison.OrdinalIgnoreCase)
                && int.TryParse(preference.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
                return TimeSpan.FromSeconds(Math.Min(seconds, options.WaitMax.TotalSeconds));
        }

        return preferences.Contains("respond-async", StringComparer.OrdinalIgnoreCase) ? TimeSpan.Zero : options.Wait;
    }

    private static string[] Preferences(IHeaderDictionary headers) =>
        headers["Prefer"].ToString().Split([',', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
