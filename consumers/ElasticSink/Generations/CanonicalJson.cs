using System.Text.Json;

namespace Streaming.ElasticSink.Generations;

/// <summary>Writes equal documents as equal bytes: properties by name, numbers without the zeros that mean nothing, no nulls.</summary>
/// <param name="leftOut">Paths of fields that don't count.</param>
internal sealed class CanonicalJson(IReadOnlySet<string> leftOut)
{
    public void Write(Utf8JsonWriter json, JsonElement value, string path = "")
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var property in value.EnumerateObject().Where(property => Counts(property, path)).OrderBy(property => property.Name, StringComparer.Ordinal))
                {
                    json.WritePropertyName(property.Name);
                    Write(json, property.Value, Under(path, property.Name));
                }

                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                    Write(json, item, path);
                json.WriteEndArray();
                break;
            case JsonValueKind.Number when value.TryGetDecimal(out var number):
                json.WriteNumberValue(number / 1.000000000000000000000000000000m);
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }

    private static string Under(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private bool Counts(JsonProperty property, string path) => property.Value.ValueKind != JsonValueKind.Null && !leftOut.Contains(Under(path, property.Name));
}
