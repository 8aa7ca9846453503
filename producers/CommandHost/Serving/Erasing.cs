using Streaming.Contracts.Commands;

namespace Streaming.CommandHost.Serving;

/// <summary>The one command that every context takes: purging a closed aggregate whole.</summary>
internal static class Erasing
{
    public static CommandBody<EraseAggregate> Body { get; } = new(
        "erase",
        (id, body) => new EraseAggregate(id, body.Text("reason"), body.OptionalTime("occurredAt")),
        """{"reason": "its customer asked for it, ticket 4711"}""");
}
