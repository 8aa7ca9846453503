using System.Net;
using System.Text.Json;

namespace Streaming.Serdes.Registry;

/// <summary>Makes an exception that says what to do of a registry's error answer.</summary>
/// <remarks>Source: Confluent Schema Registry API reference, "Errors". Codes are HTTP status · 100 + n; others send the status alone or 0.</remarks>
internal static class RegistryErrors
{
    private const int TextLengthMax = 2_000;

    /// <param name="attempt">What was tried, as in "registering a schema under orders-value".</param>
    public static RegistryException ToException(string address, string attempt, HttpStatusCode status, string body)
    {
        var (code, text) = Parse(body);
        var message = $"{address} refused {attempt}: {text} (HTTP {(int)status}, code {code}).";
        return (int)status switch
        {
            401 or 403 => new RegistryAccessDeniedException(
                $"{message} Set SchemaRegistry:UserName and SchemaRegistry:Password to credentials that it accepts.", status, code),
            404 => new SchemaNotRegisteredException(message, status, code),
            409 => new IncompatibleSchemaException(
                $"{message} Give new fields defaults, or publish the change under a new full name with an upcaster.", status, code),
            422 when code is 42201 or 0 or 422 => new SchemaRefusedException(message, status, code),
            >= 500 => new RegistryUnavailableException(message, status, code, cause: null),
            _ => new RegistryException(message, status, code),
        };
    }

    private static (int Code, string Text) Parse(string body)
    {
        try
        {
            var error = JsonSerializer.Deserialize(body, RegistryJson.Default.ErrorAnswer);
            return (error?.ErrorCode ?? 0, Cut(error?.Message ?? body));
        }
        catch (JsonException)
        {
            // A proxy in between answers in its own words.
            return (0, Cut(body));
        }
    }

    private static string Cut(string text) => text.Length <= TextLengthMax ? text : text[..TextLengthMax] + "…";
}
