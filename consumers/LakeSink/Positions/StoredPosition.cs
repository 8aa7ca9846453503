using System.Text.Json;
using Streaming.Sinks.Positions;

namespace Streaming.LakeSink.Positions;

/// <summary>What the lake remembers of a partition: the sink's checkpoint, and a reset that has not reached all tables yet.</summary>
/// <param name="Checkpoint">Of the topic in its cluster; its fence is that of the partition's present owner.</param>
/// <param name="PendingReset">Rows from this offset on are still to be removed; null when they are.</param>
/// <param name="ResetFence">The fence under which rows were last reset; 0 when they never were. A table that was last written under an older one has not seen it.</param>
/// <param name="ResetTo">The lowest offset that any reset led to: what was written before from there on, and that no reset has seen, is out of date.</param>
/// <param name="EraseFence">The fence under which aggregates were last erased; 0 when none were.</param>
/// <param name="Writer">Another with each version, so that one's own can be told from another's.</param>
internal sealed record StoredPosition(Checkpoint Checkpoint, long? PendingReset, long ResetFence, long ResetTo, long EraseFence, Guid Writer)
{
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this);

    public static StoredPosition Parse(ReadOnlyMemory<byte> json, string where)
    {
        try
        {
            return JsonSerializer.Deserialize<StoredPosition>(json.Span) is { Checkpoint: not null } position ? position : throw new JsonException("It holds nothing.");
        }
        catch (JsonException cause)
        {
            throw new InvalidDataException($"The position in {where} cannot be read: {cause.Message} Restore the file, or remove it to go back to the one before.", cause);
        }
    }
}
