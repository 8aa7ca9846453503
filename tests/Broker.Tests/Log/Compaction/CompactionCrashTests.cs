using Streaming.Broker.Log;
using Streaming.Broker.Log.Compaction;

namespace Streaming.Broker.Tests.Log.Compaction;

/// <summary>A kill -9 while compaction writes and swaps: all of the old segments are there afterwards, or all of the new.</summary>
public sealed class CompactionCrashTests : IAsyncDisposable
{
    private readonly CompactedLog _story = new(CompactedLog.Small with { SegmentBytes = 2_000 });

    public ValueTask DisposeAsync() => _story.DisposeAsync();

    [Fact]
    public async Task A_kill_between_any_two_steps_of_a_swap_loses_nothing()
    {
        await FillAsync();
        var before = _story.Log.Records();
        var (cleaned, until) = await PrepareSwapAsync();
        var stepCount = SegmentSwap.Steps(cleaned.Path, 0, until).Count();
        stepCount.ShouldBeGreaterThan(6);
        for (var taken = 0; taken <= stepCount; taken++)
        {
            using var killed = Copy(cleaned.Path);
            foreach (var step in SegmentSwap.Steps(killed.Path, 0, until).Take(taken))
                step();
            await ExpectAsync(killed.Path, before, hasSwapped: taken > 0, $"after {taken} of {stepCount} steps");
        }
    }

    [Fact]
    public async Task A_kill_in_the_middle_of_going_on_after_a_kill_loses_nothing()
    {
        await FillAsync();
        var before = _story.Log.Records();
        var (cleaned, until) = await PrepareSwapAsync();
        var stepCount = SegmentSwap.Steps(cleaned.Path, 0, until).Count();
        for (var taken = 1; taken < stepCount; taken++)
        {
            using var killed = Copy(cleaned.Path);
            foreach (var step in SegmentSwap.Steps(killed.Path, 0, until).Take(taken))
                step();
            SegmentSwap.Resume(killed.Path);
            SegmentSwap.Resume(killed.Path);
            await ExpectAsync(killed.Path, before, hasSwapped: true, $"after {taken} of {stepCount} steps");
        }
    }

    [Fact]
    public async Task A_cleaned_segment_cut_at_any_place_is_thrown_away()
    {
        await FillAsync();
        var before = _story.Log.Records();
        var killed = await _story.CopyAsync();
        var random = new Random(17);
        foreach (var name in new[] { ".log", ".index", ".timeindex", ".txnindex" })
            File.WriteAllBytes(Path.Combine(killed.Path, $"{0:D20}{name}.cleaned"), [.. Enumerable.Range(0, random.Next(1_000)).Select(_ => (byte)random.Next(256))]);
        await ExpectAsync(killed.Path, before, hasSwapped: false, "with half-written files");
    }

    [Fact]
    public async Task A_lost_checkpoint_costs_a_pass_and_nothing_else()
    {
        await FillAsync();
        await _story.CompactAsync();
        var before = _story.Log.Records();
        var killed = await _story.CopyAsync();
        File.WriteAllText(Path.Combine(killed.Path, "compaction"), "nonsense");
        var reopened = _story.Open(killed.Path);
        reopened.Compaction.CompactedUpTo.ShouldBe(0);
        await _story.CompactAsync(reopened);
        LogReader.Fold(reopened.Records()).ShouldBe(LogReader.Fold(before));
    }

    private async Task FillAsync()
    {
        for (var i = 0; i < 120; i++)
            _story.Append(($"key {i % 9}", i % 7 == 0 ? null : $"value {i}"));
        _story.Roll();
        await _story.Log.Flushed;
    }

    // The folder as it is when all segments were cleaned into one and the swap is about to begin.
    private async Task<(TempFolder Folder, long Until)> PrepareSwapAsync()
    {
        var folder = await _story.CopyAsync();
        var compacted = await _story.CopyAsync();
        var log = _story.Open(compacted.Path);
        var until = log.ViewForCompaction().Segments[^1].BaseOffset;
        log.Settings = log.Settings with { SegmentBytes = 1_000_000 };
        await _story.CompactAsync(log);
        Directory.GetFiles(compacted.Path, "*.log").Length.ShouldBe(2);
        foreach (var name in new LogPath(compacted.Path, 0).All.Select(Path.GetFileName))
            File.Copy(Path.Combine(compacted.Path, name!), Path.Combine(folder.Path, name + ".cleaned"));
        return (folder, until);
    }

    private async Task ExpectAsync(string folder, List<ReadRecord> before, bool hasSwapped, string when)
    {
        var log = _story.Open(folder);
        var after = log.Records();
        LogReader.Fold(after).ShouldBe(LogReader.Fold(before), when);
        after.ShouldBeSubsetOf(before, when);
        after.Count.ShouldBe(hasSwapped ? after.Count : before.Count, when);
        (after.Count < before.Count).ShouldBe(hasSwapped, when);
        Directory.GetFiles(folder).ShouldAllBe(file => !file.EndsWith(".cleaned", StringComparison.Ordinal) && !file.EndsWith(".swap", StringComparison.Ordinal), when);
        log.Append(Some.Batch(["after"])).BaseOffset.ShouldBe(before[^1].Offset + 1, when);
        await _story.CompactAsync(log);
        log.Records()[^1].Value.ShouldBe("after", when);
    }

    private static TempFolder Copy(string folder)
    {
        var copy = new TempFolder();
        foreach (var file in Directory.GetFiles(folder))
            File.Copy(file, Path.Combine(copy.Path, Path.GetFileName(file)));
        return copy;
    }
}
