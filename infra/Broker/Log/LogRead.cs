using Streaming.Broker.Records;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Log;

/// <summary>What became of an append. <see cref="BaseOffset"/> is -1 when it was refused.</summary>
/// <param name="Rejected">The records at fault, where it was refused because of single ones.</param>
internal readonly record struct AppendResult(
    ErrorCode Error, long BaseOffset, long AppendTimeMs, string? Reason, IReadOnlyList<RejectedRecord>? Rejected = null)
{
    public static AppendResult Refused(ErrorCode error, string? reason = null) => new(error, -1, BatchHeader.NoTimestamp, reason);
}

/// <summary>What a fetch got from one partition.</summary>
internal readonly record struct LogRead(
    ErrorCode Error, RecordSlice Records, long HighWatermark, long LastStableOffset, long LogStartOffset, IReadOnlyList<AbortedTransaction>? Aborted);
