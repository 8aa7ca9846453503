using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Streaming.ContractRules.Samples;

/// <summary>A stored value of one version: its bytes, what they say by the schema they were written with, and what they say today.</summary>
/// <param name="MadeBy">Which program encoded the bytes.</param>
/// <param name="Body">The Avro body, hexadecimal.</param>
/// <param name="Written">The value by its own schema; see <see cref="SampleJson"/>.</param>
/// <param name="Newest">Full name of the record that it is today.</param>
/// <param name="Value">The value by that record's newest schema.</param>
internal sealed record Sample(string MadeBy, string Body, JsonNode? Written, string Newest, JsonNode? Value)
{
    private static readonly JsonSerializerOptions _options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <exception cref="JsonException">The text is no sample.</exception>
    public static Sample Parse(string text) => JsonSerializer.Deserialize<Sample>(text, _options) ?? throw new JsonException("null is no sample");

    public override string ToString() => JsonSerializer.Serialize(this, _options) + "\n";
}
