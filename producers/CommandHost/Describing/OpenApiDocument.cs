using System.Text.Json.Nodes;
using Streaming.CommandHost.Serving;

namespace Streaming.CommandHost.Describing;

/// <summary>The API's description, OpenAPI 3.1, made of what serves it: the bodies that are read, the schemas' own words.</summary>
/// <remarks>Written as JSON without a library: each part stands beside the code it describes, and a test has another reader check the whole.</remarks>
internal sealed class OpenApiDocument(IEnumerable<IServedContext> contexts)
{
    private readonly Lazy<string> _json = new(() => Write(contexts).ToJsonString());

    public string Json => _json.Value;

    private static JsonObject Write(IEnumerable<IServedContext> contexts)
    {
        var paths = new JsonObject();
        foreach (var context in contexts)
            context.Describe(paths);
        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Streaming: commands and aggregates",
                ["version"] = "1",
                ["description"] = "Ask for changes by commands, read aggregates straight from the log. Every problem is RFC 9457 with a code to branch on.",
            },
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = new JsonObject { ["Problem"] = Problem() },
                ["securitySchemes"] = new JsonObject
                {
                    ["key"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = "X-Api-Key" },
                    ["token"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["bearerFormat"] = "JWT" },
                },
            },
            // On loopback nobody has to say who calls.
            ["security"] = new JsonArray(new JsonObject { ["key"] = new JsonArray() }, new JsonObject { ["token"] = new JsonArray() }, new JsonObject()),
        };
    }

    private static JsonObject Problem() => Describe.Object(
    [
        ("type", Describe.Text("urn:streaming:problem:{code}")),
        ("title", Describe.Text("The kind of problem, for people.")),
        ("status", Describe.Whole("The HTTP status.")),
        ("detail", Describe.Text("What was wrong, and what would be accepted.")),
        ("code", Describe.Text("The kind of problem, for programs.")),
        ("commandId", Describe.Text("The command that it is about.")),
        ("version", Describe.Whole("The aggregate's current version.")),
        ("errors", new JsonObject
        {
            ["type"] = "object",
            ["description"] = "What is wrong, by field.",
            ["additionalProperties"] = new JsonObject { ["type"] = "array", ["items"] = Describe.Text(null) },
        }),
    ], required: ["title", "status"]);
}
