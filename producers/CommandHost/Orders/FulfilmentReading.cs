using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Streaming.CommandHost.Describing;
using Streaming.CommandHost.Http;
using Streaming.CommandHost.Reading;
using Streaming.CommandHost.Serving;
using Streaming.Commands.Records;
using Streaming.Contracts.Fulfilment;
using Streaming.Contracts.Topics;
using Streaming.Serdes;
using Streaming.Serdes.Registry;

namespace Streaming.CommandHost.Orders;

/// <summary><c>GET /orders/{id}/fulfilment</c>: the whole story of an order's fulfilment, from the log.</summary>
internal sealed class FulfilmentReading(AggregateLogs logs, RecordFormat format, IOptions<ReadingOptions> options, TimeProvider time) : IServedContext
{
    private readonly ReadingAnswers _answers = new(OrdersApi.Definition.IdName);

    public string Name => OrdersApi.Definition.Name;

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/orders/{id}/fulfilment", (string id, HttpContext http) => TellAsync(id, http));

    public void Describe(JsonObject paths) => Describing.Describe.Operation(paths, "/orders/{id}/fulfilment", "get", new JsonObject
    {
        ["tags"] = new JsonArray(Name),
        ["operationId"] = "orders-fulfilment",
        ["summary"] = "What was done to fulfil an order: steps, who was asked, answers, durations, the current phase and its deadline.",
        ["parameters"] = new JsonArray(CommandDescription.Id(OrdersApi.Definition.IdName, OrdersApi.Definition.IdExample)),
        ["responses"] = new JsonObject
        {
            ["200"] = Describing.Describe.Response("The story so far.", new JsonObject { ["type"] = "object" }),
            ["404"] = Describing.Describe.Problem("Nothing was asked for yet, or the order is not known."),
            ["410"] = Describing.Describe.Problem("The aggregate was erased."),
            ["503"] = Describing.Describe.Problem("The host starts, or the log cannot be read.", ("Retry-After", "When to try again, in seconds.")),
        },
    });

    private async Task<IResult> TellAsync(string id, HttpContext http)
    {
        if (logs.Find(TopicCatalogue.Fulfilment.Context) is not { } log)
            return _answers.Unknown(id, "Fulfilment is not served by this host");
        if (!await log.IsIndexedAsync(options.Value.Wait, time, http.RequestAborted))
            return ReadingAnswers.NotReady(log.Index.EventCount, http.Response);
        try
        {
            var story = await ReadAsync(log, id, http.RequestAborted);
            return story.Events.Count > 0 ? Results.Json(Tell(id, story), AnswerJson.Options) : _answers.Unknown(id, "Nothing is being fulfilled");
        }
        catch (AggregateErasedException)
        {
            return _answers.Erased(id);
        }
        catch (Exception cause) when (cause is LogUnreadableException or RegistryUnavailableException or UndecodableRecordException)
        {
            return _answers.Unreadable(id, cause.Message, http.Response);
        }
    }

    private async Task<FulfilmentStory> ReadAsync(AggregateLog log, string id, CancellationToken cancellationToken)
    {
        var story = new FulfilmentStory();
        await foreach (var happened in log.ReadAsync(id, from: 1, options.Value.FoldEventsMax, cancellationToken))
        {
            if (format.Decode(happened.Value) is FulfilmentEvent known)
                story.Add(known, happened.Sequence, happened.RecordedAt);
        }

        return story;
    }

    private static object Tell(string id, FulfilmentStory story)
    {
        var state = story.State;
        var (started, last) = (story.Events[0].RecordedAt, story.Events[^1].RecordedAt);
        return new
        {
            OrderId = id,
            Phase = char.ToLowerInvariant(state.Phase.ToString()[0]) + state.Phase.ToString()[1..],
            state.Attempt,
            state.Order.Revision,
            state.IsStuck,
            state.IsClosed,
            Deadline = state.Deadline?.UtcDateTime,
            StartedAt = started,
            EndedAt = state.IsClosed ? last : (DateTime?)null,
            DurationMs = state.IsClosed ? (last - started).TotalMilliseconds : (double?)null,
            Rollback = state.Rollback is { } rollback ? new { rollback.Code, rollback.Reason, Then = rollback.Then.ToString() } : null,
            story.Steps,
            story.Events,
        };
    }
}
