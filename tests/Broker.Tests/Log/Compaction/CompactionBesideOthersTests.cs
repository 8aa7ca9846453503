using Streaming.Broker.Log;
using Streaming.Broker.Records;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Log.Compaction;

/// <summary>Compaction while others append, read, delete and close.</summary>
public sealed class CompactionBesideOthersTests : IAsyncDisposable
{
    private readonly CompactedLog _story = new(CompactedLog.Small with { SegmentBytes = 4_000 });

    private PartitionLog Log => _story.Log;

    public ValueTask DisposeAsync() => _story.DisposeAsync();

    [Fact]
    public async Task Readers_and_writers_go_on_and_see_nothing_wrong()
    {
        const int CompactionCount = 8;
        await using var story = new CompactedLog(CompactedLog.Small with { SegmentBytes = 40_000, DeleteRetentionMs = 0 });
        var log = story.Log;
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(Write, TestContext.Current.CancellationToken);
        var reading = Enumerable.Range(0, 2).Select(_ => Task.Run(Read, TestContext.Current.CancellationToken)).ToArray();
        for (var i = 0; i < CompactionCount; i++)
        {
            SpinWait.SpinUntil(() => log.ViewForCompaction().Segments.Count > 8, TimeSpan.FromSeconds(20)).ShouldBeTrue("segments are rolled");
            await story.CompactAsync();
            log.Retain(producerIdleMs: long.MaxValue / 2); // lets go of the indexes of closed segments
        }

        await stop.CancelAsync();
        await writing;
        await Task.WhenAll(reading);

        void Write()
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                // Not so far ahead that the test becomes one of the disk.
                SpinWait.SpinUntil(() => stop.IsCancellationRequested || log.ViewForCompaction().Segments.Count < 12);
                // Every second transaction is aborted; committed values of a key rise.
                var (producer, isCommit) = (i % 2, i % 2 == 0);
                var batch = Some.Keyed([($"key {i % 10}", isCommit ? $"{i:D9}" : "aborted")], producer, 0, i / 2, isTransactional: true, story.NowMs);
                log.Append(batch).Error.ShouldBe(ErrorCode.None);
                log.AppendMarker(new ProducerStamp(producer, 0), isCommit, coordinatorEpoch: 0);
            }
        }

        void Read()
        {
            while (!stop.IsCancellationRequested)
            {
                var records = log.Records(bytesMax: 7_000, mayDefer: true);
                records.ShouldNotContain(record => record.Value == "aborted");
                records.Select(record => record.Offset).ShouldBeInOrder();
                foreach (var key in records.GroupBy(record => record.Key))
                    key.Select(record => record.Value).ShouldBeInOrder();
            }
        }
    }

    [Fact]
    public async Task Who_holds_a_segment_that_is_replaced_goes_on_reading_it()
    {
        for (var i = 0; i < 300; i++)
            _story.Append(($"key {i % 3}", $"value {i}"));
        _story.Roll();
        Log.Retain(producerIdleMs: long.MaxValue / 2);
        var held = Log.ViewForCompaction().Segments[0];
        var next = Log.ViewForCompaction().Segments[1].BaseOffset;
        await _story.CompactAsync();
        Log.ViewForCompaction().Segments.ShouldNotContain(held);
        for (long offset = 0; offset < next; offset++)
        {
            using var slice = held.Read(offset, bytesMax: 1, endOffset: next, isFirstWhole: true)!;
            BatchCheck.IsWhole(slice.Bytes.Span, out var header).ShouldBeTrue();
            header.BaseOffset.ShouldBe(offset);
        }
    }

    [Fact]
    public void Segments_that_were_deleted_meanwhile_are_not_put_back()
    {
        for (var i = 0; i < 300; i++)
            _story.Append(($"key {i}", "value"));
        var view = Log.ViewForCompaction();
        Log.DeleteBefore(view.Segments[1].BaseOffset);
        Log.TryReplace([view.Segments[0]], view.Segments[1].BaseOffset, []).ShouldBeFalse();
        Log.ViewForCompaction().Segments[0].ShouldBe(view.Segments[1]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_log_that_is_closed_or_deleted_ends_its_compaction(bool isDeleted)
    {
        await using var story = new CompactedLog(CompactedLog.Small with { SegmentBytes = 1_000_000 });
        for (var i = 0; i < 60; i++)
            story.Append(("key", new string('x', 100_000)));
        story.Options.BytesPerSecondMax = 1; // the clock stands, so that it waits for ever
        var compacting = story.CompactAsync();
        compacting.IsCompleted.ShouldBeFalse();
        if (isDeleted)
            await story.Log.DeleteAsync();
        else
            await story.Log.CloseAsync();
        await Should.ThrowAsync<OperationCanceledException>(compacting);
        (Directory.Exists(story.Folder) ? Directory.GetFiles(story.Folder, "*" + LogPath.CleanedExtension) : []).ShouldBeEmpty();
        await story.CompactAsync(); // harmless
        Directory.CreateDirectory(story.Folder);
    }

    [Fact]
    public async Task It_moves_no_more_bytes_per_second_than_it_may()
    {
        await using var story = new CompactedLog(CompactedLog.Small with { SegmentBytes = 1_000_000 });
        for (var i = 0; i < 60; i++)
            story.Append(($"key {i}", new string('x', 100_000)));
        story.Roll();
        story.Options.BytesPerSecondMax = 1_000_000;
        var start = story.Time.GetTimestamp();
        var compacting = story.CompactAsync();
        SpinWait.SpinUntil(Advanced, TimeSpan.FromSeconds(20)).ShouldBeTrue("it is done");
        await compacting;
        // Six megabytes are read for their keys, then read again and written.
        story.Time.GetElapsedTime(start).ShouldBeGreaterThan(TimeSpan.FromSeconds(15));

        bool Advanced()
        {
            story.Time.Advance(TimeSpan.FromMilliseconds(50));
            return compacting.IsCompleted;
        }
    }
}
