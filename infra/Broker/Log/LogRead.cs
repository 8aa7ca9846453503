using Streaming.Broker.Records;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Log;

/// <summary>What became of an append. <see cref="BaseOffset"/> is -1 when it was refused.</summary>
internal readonly record struct AppendResult(ErrorCode Error, long BaseOffset, long AppendTimeMs, string? Reason)
{
    public static AppendResult Refused(ErrorCode error, string? reason = null) => new(error, -1, BatchHeader.NoTimestamp, reason);
}

/// <summary>What a fetch got from one partition.</summary>
internal readonly record struct LogRead(
    ErrorCode Error, RecordSlice Records, long HighWatermark, long LastStableOffset, long LogStartOffset, IReadOnlyList<AbortedTransaction>? Aborted);
