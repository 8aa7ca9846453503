using Streaming.Broker.Log;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Log.Compaction;

public sealed class LogCompactionTests : IAsyncDisposable
{
    private static readonly TimeSpan DeleteRetention = TimeSpan.FromDays(1);
    private readonly CompactedLog _story = new();

    private PartitionLog Log => _story.Log;

    public ValueTask DisposeAsync() => _story.DisposeAsync();

    [Fact]
    public async Task Of_each_key_the_newest_record_stays_at_its_offset()
    {
        for (var i = 0; i < 100; i++)
            _story.Append(($"key {i % 3}", $"value {i}"));
        _story.Roll();
        var before = Log.Records().ToDictionary(record => record.Offset);
        var sizeBytes = Log.SizeBytes;
        await _story.CompactAsync();

        var after = Log.Records();
        after.ShouldAllBe(record => before[record.Offset] == record);
        after.Where(record => record.Key != "filler").Select(record => record.Value).ShouldBe(["value 97", "value 98", "value 99"]);
        LogReader.Fold(after).ShouldBe(LogReader.Fold(before.Values));
        Log.SizeBytes.ShouldBeLessThan(sizeBytes / 4);
        Log.NextOffset.ShouldBe(before.Count);
    }

    [Fact]
    public async Task A_batch_that_loses_records_keeps_its_offsets_and_its_time()
    {
        _story.Append(("a", "old"), ("b", "kept"), ("a", "new"), ("c", "old"));
        _story.Append(("c", "new"));
        _story.Roll();
        await _story.CompactAsync();
        var head = Log.Heads()[0];
        (head.BaseOffset, head.LastOffset, head.RecordCount).ShouldBe((0, 3, 2));
        Log.Records().Take(3).ShouldBe(
            [new ReadRecord(1, "b", "kept", _story.NowMs), new ReadRecord(2, "a", "new", _story.NowMs), new ReadRecord(4, "c", "new", _story.NowMs)]);
    }

    [Fact]
    public async Task The_active_segment_is_left_alone()
    {
        for (var i = 0; i < 3; i++)
            _story.Append(("key", $"{i}"));
        await _story.CompactAsync();
        Log.Records().Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_fetch_inside_a_hole_returns_what_comes_next()
    {
        for (var i = 0; i < 60; i++)
            _story.Append(("key", $"value {i}"));
        _story.Append(("last", "value"));
        _story.Roll();
        await _story.CompactAsync();
        var all = Log.Records();
        for (long offset = 0; offset <= Log.NextOffset; offset++)
        {
            Log.Records(fromOffset: offset).ShouldBe(all.Where(record => record.Offset >= offset), $"@{offset}");
            Log.Records(fromOffset: offset, mayDefer: true).ShouldBe(all.Where(record => record.Offset >= offset), $"@{offset}, deferred");
        }
    }

    [Fact]
    public async Task Many_small_segments_become_few_and_read_as_before_a_restart_and_after()
    {
        for (var i = 0; i < 200; i++)
            _story.Append(($"key {i % 5}", $"value {i}"));
        _story.Roll();
        await _story.CompactAsync();
        _story.Roll();
        await _story.CompactAsync();
        var records = Log.Records();
        Directory.GetFiles(_story.Folder, "*.log").Length.ShouldBeLessThan(5);
        (await _story.KilledAsync()).Records().ShouldBe(records);
        (await _story.KilledAsync(withSnapshots: false)).Records().ShouldBe(records);
        await _story.RestartAsync();
        Log.Records().ShouldBe(records);
        Log.Append(Some.Batch(["next"])).BaseOffset.ShouldBe(Log.NextOffset - 1);
    }

    [Fact]
    public async Task A_tombstone_outlives_what_it_deletes_by_the_delete_retention()
    {
        _story.Append(("key", "value"));
        _story.Append(("key", null));
        _story.Roll();
        await _story.CompactAsync();
        Log.Records().ShouldContain(record => record.Key == "key" && record.Value == null);
        Log.Records().ShouldNotContain(record => record.Value == "value");
        Log.Heads().ShouldContain(head => head.DeleteHorizonMs == _story.NowMs + (long)DeleteRetention.TotalMilliseconds);
        Log.Records().Single(record => record.Key == "key").TimestampMs.ShouldBe(_story.NowMs);

        _story.Time.Advance(DeleteRetention - TimeSpan.FromMilliseconds(1));
        _story.Roll();
        await _story.CompactAsync();
        Log.Records().ShouldContain(record => record.Key == "key");
        _story.Time.Advance(TimeSpan.FromMilliseconds(1));
        _story.Roll();
        await _story.CompactAsync();
        Log.Records().ShouldNotContain(record => record.Key == "key");
    }

    [Fact]
    public async Task What_an_open_transaction_wrote_is_not_compacted_nor_counted()
    {
        _story.Append(("key", "committed"));
        Log.Append(Some.Keyed([("key", "open")], 1, 0, 0, isTransactional: true));
        for (var i = 0; i < 20; i++)
            _story.Append(("key", $"later {i}"));
        _story.Roll();
        await _story.CompactAsync();
        Log.Records().ShouldBe([new ReadRecord(0, "key", "committed", _story.NowMs)]);
        Log.Records(isCommittedOnly: false).Count.ShouldBe((int)Log.NextOffset);

        Log.AppendMarker(new ProducerStamp(1, 0), isCommit: false, coordinatorEpoch: 0);
        _story.Roll();
        await _story.CompactAsync();
        LogReader.Fold(Log.Records())["key"].ShouldBe("later 19");
        Log.Records(isCommittedOnly: false).ShouldNotContain(record => record.Value == "open");
    }

    [Fact]
    public async Task Aborted_records_do_not_count_and_their_marker_goes_long_after_them()
    {
        _story.Append(("key", "kept"));
        Log.Append(Some.Keyed([("key", "aborted")], 1, 0, 0, isTransactional: true));
        Log.AppendMarker(new ProducerStamp(1, 0), isCommit: false, coordinatorEpoch: 0);
        // The producer's state moves on, so that nothing needs to stay for it.
        Log.Append(Some.Keyed([("other", "committed")], 1, 0, 1, isTransactional: true));
        Log.AppendMarker(new ProducerStamp(1, 0), isCommit: true, coordinatorEpoch: 0);
        _story.Roll();
        await _story.CompactAsync();
        Log.Records(isCommittedOnly: false).Select(record => record.Value).Take(2).ShouldBe(["kept", "committed"]);
        Markers().ShouldBe([2, 4]);

        await AgainAsync(); // The walk meets no batch of the aborted transaction any more.
        Markers().ShouldBe([2, 4]);
        _story.Time.Advance(DeleteRetention);
        await AgainAsync();
        Markers().ShouldBe([4]);
        LogReader.Fold(Log.Records()).Keys.ShouldBe(["filler", "key", "other"]);

        async Task AgainAsync()
        {
            _story.Roll();
            await _story.CompactAsync();
            (await _story.KilledAsync(withSnapshots: false)).Records().ShouldBe(Log.Records());
        }

        List<long> Markers() => [.. Log.Heads().Where(head => head.IsControl).Select(head => head.BaseOffset)];
    }

    [Fact]
    public async Task The_last_batch_of_a_producer_stays_without_records_so_that_its_sequence_survives()
    {
        Log.Append(Some.Keyed([("key", "1")], producerId: 7, epoch: 3, sequence: 0));
        Log.Append(Some.Keyed([("key", "2"), ("key", "3")], producerId: 7, epoch: 3, sequence: 1));
        _story.Append(("key", "of another"));
        _story.Roll();
        await _story.CompactAsync();
        var heads = Log.Heads().Where(head => head.ProducerId == 7).ToList();
        heads.Count.ShouldBe(1);
        (heads[0].IsEmptied, heads[0].LastSequence, heads[0].LastOffset).ShouldBe((true, 2, 2));

        var restarted = await _story.KilledAsync(withSnapshots: false);
        restarted.Append(Some.Keyed([("key", "2"), ("key", "3")], 7, 3, sequence: 1)).BaseOffset.ShouldBe(1); // a duplicate
        restarted.Append(Some.Keyed([("key", "5")], 7, 3, sequence: 5)).Error.ShouldBe(ErrorCode.OutOfOrderSequenceNumber);
        restarted.Append(Some.Keyed([("key", "4")], 7, 3, sequence: 3)).Error.ShouldBe(ErrorCode.None);
    }

    [Fact]
    public async Task The_epoch_of_a_fenced_producer_survives_in_its_marker()
    {
        Log.Append(Some.Keyed([("key", "1")], 7, 0, 0, isTransactional: true));
        Log.AppendMarker(new ProducerStamp(7, 1), isCommit: false, coordinatorEpoch: 0);
        for (var i = 0; i < 3; i++)
        {
            _story.Append(("key", "later"));
            _story.Roll();
            await _story.CompactAsync();
            _story.Time.Advance(DeleteRetention);
        }

        var restarted = await _story.KilledAsync(withSnapshots: false);
        restarted.LastStableOffset.ShouldBe(restarted.NextOffset);
        restarted.Append(Some.Keyed([("key", "late")], 7, 0, 1, isTransactional: true)).Error.ShouldBe(ErrorCode.InvalidProducerEpoch);
    }

    [Fact]
    public async Task A_map_too_small_for_all_keys_takes_several_passes()
    {
        _story.Options.OffsetMapBytesMax = 8 * 32;
        for (var i = 0; i < 120; i++)
            _story.Append(($"key {i % 30}", $"value {i}"));
        _story.Roll();
        var before = LogReader.Fold(Log.Records());
        await _story.CompactAsync();
        LogReader.Fold(Log.Records()).ShouldBe(before);
        Log.Records().Count(record => record.Key != "filler").ShouldBe(30);
        Log.Compaction.CompactedUpTo.ShouldBe(Log.CleanablePart().EndOffset);
    }

    [Fact]
    public async Task Records_without_a_key_go()
    {
        Log.Append(Some.Keyless("v"));
        Log.Records().ShouldHaveSingleItem().Key.ShouldBeNull();
        _story.Append(("a", "1"));
        _story.Roll();
        await _story.CompactAsync();
        Log.Records().ShouldAllBe(record => record.Key != null);
    }

    [Fact]
    public async Task Records_are_found_by_time_and_the_log_start_moves_as_before()
    {
        for (var i = 0; i < 60; i++)
        {
            _story.Append(($"key {i % 7}", $"value {i}"));
            _story.Time.Advance(TimeSpan.FromSeconds(1));
        }

        _story.Roll();
        await _story.CompactAsync();
        foreach (var record in Log.Records())
            Log.FindTime(record.TimestampMs)!.Value.TimestampMs.ShouldBe(record.TimestampMs);
        Log.DeleteBefore(56).ShouldBe(ErrorCode.None);
        Log.Records()[0].Offset.ShouldBe(56);
        _story.Roll();
        await _story.CompactAsync();
        Log.Records()[0].Offset.ShouldBe(56);
    }

    [Fact]
    public async Task A_record_waits_for_compaction_no_longer_than_allowed_also_in_an_active_segment()
    {
        await using var story = new CompactedLog(CompactedLog.Small with { MaxCompactionLagMs = 60_000 });
        story.Append(("key", "old"));
        story.Append(("key", "new"));
        story.Log.RollForCompaction();
        story.Log.CleanablePart().DirtyBytes.ShouldBe(0);
        story.Time.Advance(TimeSpan.FromMinutes(2));
        story.Log.RollForCompaction();
        story.Log.CleanablePart().IsOverdue.ShouldBeTrue();
        await story.CompactAsync();
        story.Log.Records().Select(record => record.Value).ShouldBe(["new"]);
        story.Log.Records(fromOffset: story.Log.NextOffset).ShouldBeEmpty();
    }

    [Fact]
    public async Task Retention_still_deletes_what_compaction_emptied()
    {
        await using var story = new CompactedLog(CompactedLog.Small with { IsDeleted = true, RetentionMs = 3_600_000 });
        for (var i = 0; i < 100; i++)
            story.Append(("key", $"value {i}"));
        story.Roll();
        await story.CompactAsync();
        story.Time.Advance(TimeSpan.FromHours(2));
        story.Append(("new", "value"));
        story.Roll();
        story.Log.Retain(producerIdleMs: long.MaxValue / 2);
        story.Log.LogStartOffset.ShouldBeGreaterThan(99);
        story.Log.Records().Select(record => record.Key).ShouldContain("new");
    }
}
