using System.Text.Json;

namespace Streaming.ElasticSink.Client;

/// <summary>Reads what a bulk request was answered with.</summary>
internal static class BulkAnswer
{
    /// <param name="first">Number of the request's item that the answer's first one speaks of.</param>
    /// <returns>Those that were not written; empty when all were.</returns>
    public static List<BulkFailure> Failures(ReadOnlyMemory<byte> answer, BulkRequest request, int first)
    {
        var failures = new List<BulkFailure>();
        if (!HasErrors(answer.Span))
            return failures;
        using var document = JsonDocument.Parse(answer);
        var number = first;
        foreach (var item in document.RootElement.GetProperty("items").EnumerateArray())
        {
            var result = item.EnumerateObject().First().Value;
            if (result.TryGetProperty("error", out var error))
            {
                failures.Add(new BulkFailure(request.Items[number], result.GetProperty("status").GetInt32(),
                    error.TryGetProperty("type", out var type) ? type.ToString() : "", error.TryGetProperty("reason", out var reason) ? reason.ToString() : error.ToString()));
            }

            number++;
        }

        return failures;
    }

    private static bool HasErrors(ReadOnlySpan<byte> answer)
    {
        var json = new Utf8JsonReader(answer);
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isIt = json.ValueTextEquals("errors"u8);
            json.Read();
            if (isIt)
                return json.GetBoolean();
            json.Skip();
        }

        throw new JsonException("A bulk request's answer does not say whether there were errors.");
    }
}
