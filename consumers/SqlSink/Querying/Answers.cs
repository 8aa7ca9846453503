using System.Globalization;
using Npgsql;
using Streaming.Sinks.Sql.Database;

namespace Streaming.SqlSink.Querying;

/// <summary>Answers that all questions have in common, and how their parameters are read.</summary>
internal static class Answers
{
    /// <summary>Strong, because a version names exactly one state.</summary>
    public static IResult Tagged<T>(HttpContext http, T answer)
        where T : IVersioned
    {
        var tag = $"\"{answer.Version}\"";
        http.Response.Headers.ETag = tag;
        return http.Request.Headers.IfNoneMatch.Contains(tag) ? Results.StatusCode(StatusCodes.Status304NotModified) : Results.Ok(answer);
    }

    public static IResult NotYet(HttpContext http, string id, long wanted, long reached)
    {
        http.Response.Headers.RetryAfter = "1";
        return Results.Problem(
            statusCode: StatusCodes.Status503ServiceUnavailable,
            title: "Not there yet",
            detail: $"{id} has version {reached} here, not yet {wanted}. Ask again; if it stays so, look at /health/ready of this host.",
            extensions: new Dictionary<string, object?> { ["currentVersion"] = reached });
    }

    /// <param name="noun">What it was, such as <c>product</c>.</param>
    public static IResult Gone(string noun, string id, DateTimeOffset at) => Results.Problem(
        statusCode: StatusCodes.Status410Gone, title: $"Erased {noun}", detail: $"{id} was purged whole on {at:yyyy-MM-dd}: nothing of it is kept.");

    /// <param name="noun">What it would be, such as <c>product</c>.</param>
    /// <param name="what">What there is to say, such as <c>is not known</c>.</param>
    /// <param name="list">Where those are that are known.</param>
    public static IResult Unknown(string noun, string id, string what, string list) => Results.Problem(
        statusCode: StatusCodes.Status404NotFound, title: $"Unknown {noun}", detail: $"{id} {what}. GET {list} lists what is.");

    public static IResult Refuse(string problem) => Results.Problem(
        statusCode: StatusCodes.Status400BadRequest, title: "The question cannot be read", detail: problem);

    /// <param name="absent">What it is when the caller says nothing.</param>
    public static bool TryReadCount(string? text, string name, long absent, long max, out long value, out string? problem)
    {
        (value, problem) = (absent, null);
        if (text is null)
            return true;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value <= max && (value > 0 || name != "limit"))
            return true;
        problem = $"{name} is '{text}': give a whole number{(max < long.MaxValue ? $" from 1 to {max}" : "")}.";
        return false;
    }

    public static async ValueTask<object?> UnavailableAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (NpgsqlException cause) when (DatabaseFailures.MayPass(cause)
            || cause is PostgresException { SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName })
        {
            context.HttpContext.Response.Headers.RetryAfter = "1";
            return Results.Problem(
                statusCode: StatusCodes.Status503ServiceUnavailable,
                title: "The database cannot be asked now",
                detail: "It is away, or its tables are not made yet. /health/ready of this host says more.");
        }
    }
}
