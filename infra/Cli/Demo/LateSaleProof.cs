using Streaming.Cli.Api;

namespace Streaming.Cli.Demo;

/// <summary>
/// What a sale that is recorded late changes. Two products have the same story, one of them with the late sale: by business time they differ
/// from that day on, and only then; by recorded time everything is as it was before the sale was known.
/// </summary>
internal sealed class LateSaleProof(StockApi stock)
{
    /// <summary>Units by business day, without and with the late sale.</summary>
    public sealed record ByDay(DateOnly Date, long Without, long With);

    /// <summary>Units by recorded time: what was known when an event was the newest.</summary>
    public sealed record ByRecording(HistoryEntry Newest, long Known);

    /// <exception cref="Failure">A day before the late sale differs, or one after it does not.</exception>
    public async Task<IReadOnlyList<ByDay>> ByBusinessTimeAsync(string without, string with, CancellationToken cancellationToken)
    {
        var days = new List<ByDay>();
        foreach (var date in ReferenceStory.DaysAroundLateSale)
        {
            var day = new ByDay(
                date,
                (await stock.AsOfAsync(without, date, cancellationToken)).UnitCount,
                (await stock.AsOfAsync(with, date, cancellationToken)).UnitCount);
            var expected = date < ReferenceStory.LateSale.Date ? 0 : ReferenceStory.LateSale.Delta;
            if (day.With - day.Without != expected)
                throw new Failure($"As of {date:yyyy-MM-dd} {with} has {day.With} units and {without} {day.Without}: {expected} between them was expected.");
            days.Add(day);
        }
        return days;
    }

    /// <exception cref="Failure">What was known at some time has changed since.</exception>
    public async Task<IReadOnlyList<ByRecording>> ByRecordedTimeAsync(IReadOnlyList<HistoryEntry> history, string sku, CancellationToken cancellationToken)
    {
        var recordings = new List<ByRecording>();
        foreach (var entry in history)
        {
            // Two events of one moment were known together.
            var newest = history.Last(other => other.RecordedAt <= entry.RecordedAt);
            var known = (await stock.AsRecordedAsync(sku, entry.RecordedAt, cancellationToken)).UnitCount;
            if (known != newest.UnitCount)
                throw new Failure($"When event {newest.Sequence} of {sku} was the newest, {newest.UnitCount} units were known; now it is said to be {known}.");
            recordings.Add(new(entry, known));
        }
        return recordings;
    }
}
