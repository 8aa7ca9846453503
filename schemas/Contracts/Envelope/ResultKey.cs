namespace Streaming.Contracts.Envelope;

/// <summary>Key of a result record, <c>{aggregateId}/{commandId}</c>.</summary>
/// <remarks>Either part may contain '/', so the text is for people and compaction; who needs the parts reads them from the
/// result itself. Two commands whose parts join to the same text still differ there.</remarks>
public readonly record struct ResultKey(string AggregateId, string CommandId)
{
    public override string ToString() => $"{AggregateId}/{CommandId}";
}
