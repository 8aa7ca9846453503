namespace Streaming.Broker.Records;

/// <summary>A record because of which its batch is refused: its index in the batch, and what is wrong with it.</summary>
internal readonly record struct RejectedRecord(int Index, string Reason);
