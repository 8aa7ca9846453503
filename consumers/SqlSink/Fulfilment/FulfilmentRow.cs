using Streaming.SqlSink.Querying;

namespace Streaming.SqlSink.Fulfilment;

/// <summary>Fulfilment of an order as it stands: a row of the table <c>fulfilments</c>.</summary>
/// <param name="Phase">What it waits for: Reserving, Holding, CheckingRisk, Accepting, AwaitingChange, Capturing, Shipping, RollingBack, Rejecting, Revoking, Completed, RolledBack.</param>
/// <param name="Step">What was done last, such as <c>reserve/XYZ-1</c>, <c>hold</c> or <c>risk</c>; for what is no step, the event's name in kebab-case.</param>
/// <param name="Lines">What is to be shipped.</param>
/// <param name="Shipped">What has left the shelf.</param>
/// <param name="Code">Why it turned back; null while it goes forward.</param>
/// <param name="Deadline">Until when it waits; null when it waits for nothing, or for an operator.</param>
internal sealed record FulfilmentRow(
    string Phase,
    string Step,
    int Attempt,
    int Revision,
    string CustomerId,
    string AccountId,
    string Currency,
    decimal Total,
    JsonList<FulfilmentRowLine> Lines,
    JsonList<FulfilmentRowLine> Shipped,
    bool IsStuck,
    string? Code,
    string? Reason,
    DateTimeOffset? Deadline,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt);

/// <summary>A product of an order that is fulfilled.</summary>
internal sealed record FulfilmentRowLine(string Sku, int Quantity);
