using Streaming.CommandHost.Http;
using Streaming.Contexts.__Context__;
using Streaming.Contracts.__Context__;
using Streaming.Domain.__Context__;

namespace Streaming.CommandHost.__Context__;

/// <summary>The context __context__ over HTTP.</summary>
internal static class __Context__Api
{
    public static ContextApi<__Aggregate__Command, __Aggregate__Event, __Aggregate__> Definition { get; } = new()
    {
        Context = __Context__Context.Definition,
        IdName = "__aggregate__Id",
        IdExample = "A-1",
        Check = __Context__Limits.Check,
        UnknownCode = "unknown-__kebab__",
        UnknownTitle = "The __words__ is not known",
        ClosedAfter = ["open", "close"],
        Show = state => new { state.Name, state.Total, state.IsClosed },
        SumOfChanges = events => new { Total = events.OfType<__Aggregate__Counted>().Sum(e => (long)e.Quantity) },
        Commands =
        [
            new("open", (id, body) => new Open__Aggregate__(new(id), body.Text("name"), body.Reason(), body.Reference(), body.OccurredAt()),
                """{"name": "First", "occurredAt": "2022-01-01"}""") { Creates = true },
            new("count", (id, body) => new Count__Aggregate__(new(id), body.Quantity("quantity"), body.Reason(), body.Reference(), body.OccurredAt()),
                """{"quantity": 3, "reason": "first delivery"}""") { After = ["open"] },
            new("close", (id, body) => new Close__Aggregate__(new(id), body.Reason(), body.Reference(), body.OccurredAt()),
                """{"reason": "all is counted"}""") { After = ["open"] },
        ],
    };
}
