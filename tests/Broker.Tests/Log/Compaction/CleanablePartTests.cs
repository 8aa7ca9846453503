using Streaming.Broker.Log;
using Streaming.Broker.Log.Compaction;

namespace Streaming.Broker.Tests.Log.Compaction;

public sealed class CleanablePartTests
{
    private const long Now = 1_000_000;

    // Five segments of 100 records and 1 000 bytes, ten seconds apart; the last is the active one.
    private static readonly SegmentFacts[] Segments =
        [.. Enumerable.Range(0, 5).Select(i => new SegmentFacts(i * 100, 1_000, Now - 45_000 + i * 10_000, Now - 50_000 + i * 10_000))];

    [Fact]
    public void The_active_segment_is_never_part_of_it() =>
        Of().ShouldBe(new CleanablePart(DirtyOffset: 0, EndOffset: 400, CleanBytes: 0, DirtyBytes: 4_000, IsOverdue: false));

    [Fact]
    public void What_was_compacted_is_clean()
    {
        Of(compactedUpTo: 300).ShouldBe(new CleanablePart(300, 400, CleanBytes: 3_000, DirtyBytes: 1_000, IsOverdue: false));
        Of(compactedUpTo: 250).ShouldBe(new CleanablePart(250, 400, CleanBytes: 2_000, DirtyBytes: 2_000, IsOverdue: false));
    }

    [Fact]
    public void It_ends_before_the_segment_of_an_open_transaction() => Of(lastStableOffset: 250).EndOffset.ShouldBe(200);

    [Fact]
    public void It_ends_before_records_that_are_too_young() =>
        Of(new LogSettings { MinCompactionLagMs = 20_000 }).EndOffset.ShouldBe(300);

    [Fact]
    public void It_ends_before_a_segment_that_cannot_be_read() => Of(unreadableFrom: 100).EndOffset.ShouldBe(100);

    [Fact]
    public void A_checkpoint_that_the_log_does_not_have_is_not_believed()
    {
        Of(compactedUpTo: 9_999).DirtyOffset.ShouldBe(0);
        Of(compactedUpTo: 50, logStartOffset: 120).DirtyOffset.ShouldBe(120);
    }

    [Fact]
    public void It_is_worth_it_from_the_ratio_on()
    {
        var settings = new LogSettings { MinCleanableDirtyRatio = 0.5 };
        Of(compactedUpTo: 200).IsDue(settings).ShouldBeFalse();
        Of(compactedUpTo: 100).IsDue(settings).ShouldBeTrue();
        Of(compactedUpTo: 400).IsDue(settings with { MinCleanableDirtyRatio = 0 }).ShouldBeFalse();
    }

    [Fact]
    public void It_is_worth_it_whatever_the_ratio_once_a_record_waits_too_long()
    {
        var settings = new LogSettings { MinCleanableDirtyRatio = 1, MaxCompactionLagMs = 25_000 };
        Of(settings, compactedUpTo: 300).IsDue(settings).ShouldBeFalse();
        Of(settings, compactedUpTo: 200).IsDue(settings).ShouldBeTrue();
    }

    private static CleanablePart Of(
        LogSettings? settings = null, long compactedUpTo = 0, long unreadableFrom = long.MaxValue, long logStartOffset = 0, long lastStableOffset = 500) =>
        CleanablePart.Of(Segments, compactedUpTo, unreadableFrom, logStartOffset, lastStableOffset, settings ?? new LogSettings(), Now);
}
