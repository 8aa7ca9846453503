namespace Streaming.Broker.Records;

/// <summary>A record because of which its batch is refused: its index in the batch, and what is wrong with it.</summary>
internal readonly record struct RejectedRecord(int Index, string Reason)
{
    /// <summary>Most that are told of one batch: what a small one decompresses to may hold millions.</summary>
    public const int CountMax = 1_000;
}
