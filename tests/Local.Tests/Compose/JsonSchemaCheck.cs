using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Streaming.Local.Tests.Compose;

/// <summary>Checks a document against a JSON schema: the keywords that the compose specification uses, and no others.</summary>
/// <remarks><c>format</c> is an annotation, as the specification of JSON schema has it. An unknown keyword throws, so that no rule is left out unseen.</remarks>
internal sealed class JsonSchemaCheck(JsonObject root)
{
    /// <summary>Every violation, each with the path where it is.</summary>
    public IReadOnlyList<string> Violations(JsonNode? document) => [.. Check(root, document, "")];

    private IEnumerable<string> Check(JsonObject schema, JsonNode? value, string path) =>
        schema.SelectMany(rule => Check(schema, rule.Key, rule.Value, value, path));

    private IEnumerable<string> Check(JsonObject schema, string keyword, JsonNode? rule, JsonNode? value, string path) => keyword switch
    {
        "$schema" or "id" or "title" or "description" or "definitions" or "format" => [],
        "$ref" => Check(Resolve((string)rule!), value, path),
        "type" => TypesOf(rule!).Any(type => IsOfType(value, type)) ? [] : [$"{path}: {Show(value)} is no {rule!.ToJsonString()}"],
        "enum" => rule!.AsArray().Any(allowed => JsonNode.DeepEquals(allowed, value)) ? [] : [$"{path}: {Show(value)} is none of {rule.ToJsonString()}"],
        "minimum" => value is JsonValue && Kind(value) == JsonValueKind.Number && (double)value < (double)rule! ? [$"{path}: below {rule}"] : [],
        "maximum" => value is JsonValue && Kind(value) == JsonValueKind.Number && (double)value > (double)rule! ? [$"{path}: above {rule}"] : [],
        "required" => value is JsonObject map
            ? rule!.AsArray().Where(name => !map.ContainsKey((string)name!)).Select(name => $"{path}: {name} is missing")
            : [],
        "items" => value is JsonArray list ? list.SelectMany((item, i) => Check(rule!.AsObject(), item, $"{path}[{i}]")) : [],
        "uniqueItems" => value is JsonArray list && list.Select(Show).Distinct().Count() < list.Count ? [$"{path}: an item comes twice"] : [],
        "oneOf" => Fitting(rule!, value, path).Count() == 1 ? [] : [$"{path}: fits {Fitting(rule!, value, path).Count()} forms instead of one{Closest(rule!, value, path)}"],
        "anyOf" => Fitting(rule!, value, path).Any() ? [] : [$"{path}: fits no form{Closest(rule!, value, path)}"],
        "properties" => value is JsonObject map
            ? rule!.AsObject().Where(property => map.ContainsKey(property.Key))
                .SelectMany(property => Check(property.Value!.AsObject(), map[property.Key], $"{path}/{property.Key}"))
            : [],
        "patternProperties" => value is JsonObject map
            ? from pattern in rule!.AsObject()
              from property in map
              where Regex.IsMatch(property.Key, pattern.Key, RegexOptions.None, TimeSpan.FromSeconds(1))
              from violation in Check(pattern.Value!.AsObject(), property.Value, $"{path}/{property.Key}")
              select violation
            : [],
        "additionalProperties" => value is JsonObject map ? Others(schema, map).SelectMany(name => CheckOther(rule!, map[name], $"{path}/{name}")) : [],
        _ => throw new NotSupportedException($"The schema uses {keyword}: teach it to this class."),
    };

    private IEnumerable<JsonNode?> Fitting(JsonNode forms, JsonNode? value, string path) =>
        forms.AsArray().Where(form => !Check(form!.AsObject(), value, path).Any());

    private string Closest(JsonNode forms, JsonNode? value, string path) =>
        $" ({string.Join("; ", forms.AsArray().Select(form => Check(form!.AsObject(), value, path).FirstOrDefault()).OfType<string>())})";

    private static IEnumerable<string> Others(JsonObject schema, JsonObject map) =>
        from property in map
        where schema["properties"]?.AsObject().ContainsKey(property.Key) != true
        where schema["patternProperties"]?.AsObject()
            .Any(pattern => Regex.IsMatch(property.Key, pattern.Key, RegexOptions.None, TimeSpan.FromSeconds(1))) != true
        select property.Key;

    private IEnumerable<string> CheckOther(JsonNode rule, JsonNode? value, string path) => Kind(rule) switch
    {
        JsonValueKind.False => [$"{path}: unknown"],
        JsonValueKind.True => [],
        _ => Check(rule.AsObject(), value, path),
    };

    private JsonObject Resolve(string reference) => reference.TrimStart('#', '/').Split('/')
        .Aggregate<string, JsonNode>(root, (node, step) => node[step] ?? throw new KeyNotFoundException(reference)).AsObject();

    private static IEnumerable<string> TypesOf(JsonNode rule) => rule is JsonArray several ? several.Select(type => (string)type!) : [(string)rule!];

    private static bool IsOfType(JsonNode? value, string type) => type switch
    {
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "null" => value is null,
        "string" => Kind(value) == JsonValueKind.String,
        "boolean" => Kind(value) is JsonValueKind.True or JsonValueKind.False,
        "number" => Kind(value) == JsonValueKind.Number,
        "integer" => Kind(value) == JsonValueKind.Number && double.IsInteger((double)value!),
        _ => throw new NotSupportedException($"The schema has a type {type}: teach it to this class."),
    };

    private static JsonValueKind Kind(JsonNode? node) => node?.GetValueKind() ?? JsonValueKind.Null;

    private static string Show(JsonNode? node) => node?.ToJsonString() ?? "null";
}
