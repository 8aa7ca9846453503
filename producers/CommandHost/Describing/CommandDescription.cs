using System.Text.Json.Nodes;
using Streaming.Avro;
using Streaming.CommandHost.Http;
using Streaming.CommandHost.Serving;

namespace Streaming.CommandHost.Describing;

/// <summary>How the commands of a context are described.</summary>
internal static class CommandDescription
{
    public static void Write<TCommand, TEvent, TState>(ContextApi<TCommand, TEvent, TState> api, JsonObject paths)
        where TCommand : class
        where TEvent : class
    {
        foreach (var body in api.Commands)
            Describe.Operation(paths, $"/{api.Name}/{{id}}/{body.Action}", "post", Command(api.Name, api.IdName, api.IdExample, body, isNumbered: false));
        var erasing = Erasing.Body with { After = api.ClosedAfter };
        Describe.Operation(paths, $"/{api.Name}/{{id}}/{erasing.Action}", "post", Command(api.Name, api.IdName, api.IdExample, erasing, isNumbered: false));
        Describe.Operation(paths, $"/commands/{api.Name}/{{id}}/{{commandId}}", "get", new JsonObject
        {
            ["tags"] = new JsonArray(api.Name),
            ["operationId"] = $"{api.Name}-result",
            ["summary"] = "What became of a command, by its id.",
            ["parameters"] = new JsonArray(Id(api.IdName, api.IdExample), Describe.Parameter("path", "commandId", "The Idempotency-Key, or the id that was answered.")),
            ["responses"] = new JsonObject
            {
                ["200"] = Describe.Response("Accepted or refused.", Describe.Object(
                [
                    ("commandId", Describe.Text(null)), (api.IdName, Describe.Text(null)), ("status", Describe.Text("accepted or refused")),
                    ("version", Describe.Whole(null)), ("eventCount", Describe.Whole(null)), ("code", Describe.Text(null)), ("reason", Describe.Text(null)),
                ], ["commandId", api.IdName, "status", "version"]), ("ETag", "The version.")),
                ["404"] = Describe.Problem("Not decided yet, or longer ago than results are kept here."),
            },
        });
    }

    /// <param name="isNumbered">The host makes the aggregate's id; there is none in the path.</param>
    public static JsonObject Command<TCommand>(string context, string idName, string idExample, CommandBody<TCommand> body, bool isNumbered)
        where TCommand : class
    {
        var (fields, command) = FieldShape.Watch(body, idExample);
        var schema = ((IAvroRecord)command).AvroSchema;
        var after = body.After.Count == 0 ? "" : $" The example is accepted after those of {string.Join(", ", body.After)}.";
        var parameters = new JsonArray(
            Describe.Parameter("header", CommandHeaders.IdempotencyKey, "The command's id. The same key gets the same answer and is never done twice; with another body 422."),
            Describe.Parameter("header", "Prefer", "wait=n waits n seconds for the result; respond-async does not wait."),
            Describe.Parameter("header", CommandHeaders.Correlation, "What ties several commands together; passed on to their events."));
        if (!isNumbered)
        {
            parameters.Insert(0, Id(idName, idExample));
            parameters.Add(Describe.Parameter("header", "If-Match", "ETag of the version that the command is meant for; 412 when there is a newer one."));
        }

        return new JsonObject
        {
            ["tags"] = new JsonArray(context),
            ["operationId"] = isNumbered ? context : $"{context}-{body.Action}",
            ["summary"] = schema.Doc,
            ["description"] = $"Sends {schema.FullName}.{after}",
            ["parameters"] = parameters,
            ["requestBody"] = new JsonObject
            {
                ["required"] = true,
                ["content"] = new JsonObject
                {
                    ["application/json"] = new JsonObject
                    {
                        ["schema"] = Describe.Body(fields, name => schema.Find(name)?.Doc),
                        ["example"] = JsonNode.Parse(body.Example),
                    },
                },
            },
            ["responses"] = Responses(idName, body.Creates),
        };
    }

    private static JsonObject Responses(string idName, bool creates) => new()
    {
        [creates ? "201" : "200"] = Describe.Response("Done.", Describe.Object(
        [
            ("commandId", Describe.Text(null)), (idName, Describe.Text(null)), ("version", Describe.Whole("Version of the aggregate after it.")),
            ("eventCount", Describe.Whole("How many events it led to.")),
        ], ["commandId", idName]), ("ETag", "The version.")),
        ["202"] = Describe.Response("Not decided in time; ask at Location.", Describe.Object(
        [
            ("commandId", Describe.Text(null)), (idName, Describe.Text(null)), ("status", Describe.Text(null)), ("result", Describe.Text(null)),
        ], ["commandId", idName, "status"]), ("Location", "Where to ask."), ("Retry-After", "When, in seconds.")),
        ["400"] = Describe.Problem("The request is not valid; errors says why, by field."),
        ["401"] = Describe.Problem("Who calls is not known."),
        ["404"] = Describe.Problem("The aggregate is not known.", ("ETag", "The version.")),
        ["409"] = Describe.Problem("A rule refuses it; code says which.", ("ETag", "The version.")),
        ["410"] = Describe.Problem("The aggregate was erased."),
        ["412"] = Describe.Problem("The version has changed; version says to what.", ("ETag", "The version.")),
        ["413"] = Describe.Problem("The body is too large."),
        ["415"] = Describe.Problem("The body is not JSON."),
        ["422"] = Describe.Problem("The Idempotency-Key was used for another command."),
        ["429"] = Describe.Problem("Too many requests of one caller.", ("Retry-After", "When to try again, in seconds.")),
        ["503"] = Describe.Problem("The host starts, or Kafka does not answer: send it again under the same key."),
    };

    public static JsonObject Id(string idName, string example) => Describe.Parameter("path", "id", $"The aggregate's id, {idName} in answers.", example: example);
}
