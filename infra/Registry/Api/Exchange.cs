using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Streaming.Registry.Api;

/// <summary>Reads requests and writes answers in the API's own media type.</summary>
internal static class Exchange
{
    public const string MediaType = "application/vnd.schemaregistry.v1+json";

    /// <summary>The request's body, whatever media type it claims: curl's users forget it.</summary>
    /// <exception cref="ApiError">400 no JSON of that form; 413 longer than allowed.</exception>
    public static async Task<T> ReadAsync<T>(this HttpRequest request, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(request.Body, type, request.HttpContext.RequestAborted)
                ?? throw ApiError.Malformed("The body is null; an object is wanted.");
        }
        catch (JsonException cause)
        {
            throw ApiError.Malformed($"The body is no JSON of the form wanted here: {cause.Message}");
        }
        catch (BadHttpRequestException cause)
        {
            throw new ApiError(cause.StatusCode, cause.Message);
        }
    }

    public static IResult Answer<T>(T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) =>
        Results.Text(JsonSerializer.Serialize(value, type), MediaType, statusCode: status);

    /// <summary>A route value. A slash within a subject arrives encoded: routing leaves it so, because it would mean a further segment.</summary>
    /// <exception cref="ApiError">42208: it names a context other than the default one.</exception>
    public static string Subject(this HttpRequest request) =>
        DefaultContext.Unqualified(((string)request.RouteValues["subject"]!).Replace("%2F", "/", StringComparison.OrdinalIgnoreCase));

    /// <summary>The part of a list that the parameters <c>offset</c> and <c>limit</c> ask for; all of it without them, or with a limit of 0 or less.</summary>
    public static IEnumerable<T> Page<T>(this HttpRequest request, IEnumerable<T> all)
    {
        var rest = all.Skip(Number(request, "offset") ?? 0);
        return Number(request, "limit") is > 0 and var limit ? rest.Take(limit) : rest;
    }

    /// <summary>Whether the caller takes members that its version of the API may not have: Confluent's clients say so since version 8.</summary>
    public static bool TakesUnknownMembers(this HttpRequest request) => bool.TryParse(request.Headers["Confluent-Accept-Unknown-Properties"], out var value) && value;

    private static int? Number(HttpRequest request, string name) => int.TryParse(request.Query[name], out var value) ? value : null;

    /// <summary>A query parameter that is true or false; absent, or without a value, it is false.</summary>
    public static bool Flag(this HttpRequest request, string name) => bool.TryParse(request.Query[name], out var value) && value;
}
