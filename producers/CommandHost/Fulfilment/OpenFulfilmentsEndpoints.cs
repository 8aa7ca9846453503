using System.Text.Json.Nodes;
using Streaming.CommandHost.Http;
using Streaming.CommandHost.Serving;
using Streaming.Contexts.Fulfilment;

namespace Streaming.CommandHost.Fulfilment;

/// <summary><c>GET /fulfilment/open</c> and <c>GET /fulfilment/stuck</c>: what is on its way, and what waits for an operator.</summary>
internal sealed class OpenFulfilmentsEndpoints(OpenFulfilments open, OpenFulfilmentsReader reader) : IServedContext
{
    public string Name => FulfilmentContext.Definition.Topics.Context;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet($"/{Name}/open", () => Answer(onlyStuck: false));
        routes.MapGet($"/{Name}/stuck", () => Answer(onlyStuck: true));
    }

    public void Describe(JsonObject paths)
    {
        Add("open", "The fulfilments that are on their way, those that have not changed for the longest time first.");
        Add("stuck", "The fulfilments that wait for an operator to resume or cancel them, and why.");

        void Add(string what, string summary) => Describing.Describe.Operation(paths, $"/{Name}/{what}", "get", new JsonObject
        {
            ["tags"] = new JsonArray(Name),
            ["operationId"] = $"{Name}-{what}",
            ["summary"] = summary,
            ["responses"] = new JsonObject
            {
                ["200"] = Describing.Describe.Response("As asked.", Describing.Describe.Object(
                    [("fulfilments", new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "object" } })], ["fulfilments"])),
                ["503"] = Describing.Describe.Problem("The host is still reading."),
            },
        });
    }

    private IResult Answer(bool onlyStuck)
    {
        if (!reader.IsCaughtUp)
            return RequestProblems.NotReady().ToResult();
        return Results.Json(new { Fulfilments = open.List(onlyStuck).Select(Line) }, AnswerJson.Options);
    }

    private static object Line(OpenFulfilment open) => new
    {
        open.OrderId,
        Phase = FulfilmentApi.Words(open.State.Phase),
        open.Version,
        open.State.Attempt,
        open.StartedAt,
        open.ChangedAt,
        open.State.Deadline,
        Outstanding = open.State.Open.Steps,
        Stuck = open.Stuck is { } stuck ? new { stuck.Code, stuck.Reason } : null,
    };
}
