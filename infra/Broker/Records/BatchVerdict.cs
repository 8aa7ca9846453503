using Streaming.Broker.Wire;

namespace Streaming.Broker.Records;

/// <summary>Whether a batch may be appended: none, or the error to answer with its explanation.</summary>
/// <param name="Rejected">The records at fault, where it is single ones and not the batch.</param>
internal readonly record struct BatchVerdict(ErrorCode Error, string? Reason, IReadOnlyList<RejectedRecord>? Rejected = null)
{
    public static readonly BatchVerdict Accepted = new(ErrorCode.None, null);

    public bool IsAccepted => Error == ErrorCode.None;
}
