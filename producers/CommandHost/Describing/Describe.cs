using System.Text.Json.Nodes;
using Streaming.CommandHost.Http;

namespace Streaming.CommandHost.Describing;

/// <summary>Parts of an OpenAPI description.</summary>
internal static class Describe
{
    private const string Amount = @"^-?\d{1,24}(\.\d{1,4})?$";

    public static JsonObject Text(string? description) => Typed("string", description);

    public static JsonObject Whole(string? description) => Typed("integer", description);

    public static JsonObject Object(IEnumerable<(string Name, JsonNode Schema)> fields, IEnumerable<string> required)
    {
        var properties = new JsonObject();
        foreach (var (name, schema) in fields)
            properties[name] = schema;
        var described = new JsonObject { ["type"] = "object", ["properties"] = properties };
        if (required.ToList() is { Count: > 0 } names)
            described["required"] = new JsonArray([.. names.Select(name => (JsonNode)name)]);
        return described;
    }

    /// <summary>A body, by the fields that are read from it and the words of the command's schema.</summary>
    public static JsonObject Body(IReadOnlyList<FieldShape> fields, Func<string, string?> docOf)
    {
        var body = Object(fields.Select(field => (field.Name, (JsonNode)Field(field, docOf(field.Name)))), fields.Where(field => field.IsRequired).Select(field => field.Name));
        body["additionalProperties"] = false;
        return body;
    }

    public static JsonObject Response(string description, JsonNode? schema = null, params (string Name, string Description)[] headers)
    {
        var response = new JsonObject { ["description"] = description };
        if (headers.Length > 0)
            response["headers"] = new JsonObject(headers.Select(header => KeyValuePair.Create(header.Name, (JsonNode?)new JsonObject { ["description"] = header.Description, ["schema"] = Text(null) })));
        if (schema is not null)
            response["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = schema } };
        return response;
    }

    public static JsonObject Problem(string description, params (string Name, string Description)[] headers)
    {
        var response = Response(description, schema: null, headers);
        response["content"] = new JsonObject
        {
            ["application/problem+json"] = new JsonObject { ["schema"] = new JsonObject { ["$ref"] = "#/components/schemas/Problem" } },
        };
        return response;
    }

    public static JsonObject Parameter(string @in, string name, string description, JsonObject? schema = null, string? example = null)
    {
        var parameter = new JsonObject { ["name"] = name, ["in"] = @in, ["description"] = description, ["schema"] = schema ?? Text(null) };
        if (@in == "path")
            parameter["required"] = true;
        if (example is not null)
            parameter["example"] = example;
        return parameter;
    }

    /// <summary>Adds an operation to a path.</summary>
    public static void Operation(JsonObject paths, string path, string method, JsonObject operation)
    {
        if (paths[path] is not JsonObject operations)
            paths[path] = operations = [];
        operations[method] = operation;
    }

    private static JsonObject Field(FieldShape field, string? doc)
    {
        switch (field.Kind)
        {
            case FieldKind.Text:
                return Text(doc);
            case FieldKind.Whole:
                return Whole(doc);
            case FieldKind.Time:
                return Typed("string", $"{doc} A date, 2022-03-15, or a time with its offset, 2022-03-15T08:30:00Z.".Trim());
            case FieldKind.Amount:
                var amount = Typed("string", $"{doc} Text or a number; never rounded.".Trim());
                amount["type"] = new JsonArray("string", "number");
                amount["pattern"] = Amount;
                return amount;
            default:
                var list = Typed("array", doc);
                list["items"] = Body(field.Items, _ => null);
                return list;
        }
    }

    private static JsonObject Typed(string type, string? description)
    {
        var schema = new JsonObject { ["type"] = type };
        if (!string.IsNullOrEmpty(description))
            schema["description"] = description;
        return schema;
    }
}
