using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Streaming.Contracts.Envelope;

/// <summary>Key of an event record, <c>{aggregateId}@{sequence}</c>: compaction by it removes true duplicates only.</summary>
/// <param name="AggregateId">Any text; may itself contain '@'. Partitioning uses this part alone.</param>
/// <param name="Sequence">1 for an aggregate's first event, then without gaps.</param>
public readonly record struct EventKey(string AggregateId, long Sequence)
{
    public static bool TryParse(string? text, [MaybeNullWhen(false)] out EventKey key)
    {
        key = default;
        var at = text?.LastIndexOf('@') ?? -1;
        if (at < 1 || !long.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) || sequence < 1)
            return false;
        key = new EventKey(text![..at], sequence);
        return true;
    }

    public override string ToString() => $"{AggregateId}@{Sequence}";
}
