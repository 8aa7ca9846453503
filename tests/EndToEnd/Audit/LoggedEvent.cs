using Streaming.Contracts.Commands;
using Streaming.Contracts.Inventory;

namespace Streaming.EndToEnd.Tests.Audit;

/// <summary>An event as it stands in the log, committed.</summary>
/// <param name="CommandId">From the header that names the cause.</param>
internal sealed record LoggedEvent(
    int Partition, long Offset, DateTimeOffset RecordedAt, string AggregateId, long Sequence, string EventId, string CommandId, InventoryEvent Event);

/// <summary>A result as it stands in the log, committed.</summary>
internal sealed record LoggedResult(int Partition, long Offset, CommandResult Result);

/// <summary>What the caller was told at last.</summary>
internal sealed record ToldAnswer(string AggregateId, string CommandId, bool IsAccepted, long Version);
