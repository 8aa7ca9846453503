using Streaming.Broker.Log;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Log;

public sealed class PartitionLogTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly SettableTime _time = new();
    private PartitionLog? _log;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_log is not null)
            await _log.Flushed;
        _folder.Dispose();
    }

    [Fact]
    public void The_last_five_batches_of_a_producer_are_recognised_when_sent_again()
    {
        var log = Open();
        for (var sequence = 0; sequence < 8; sequence++)
            log.Append(Some.Batch(["v"], 1, 0, sequence));
        for (var sequence = 3; sequence < 8; sequence++)
            log.Append(Some.Batch(["v"], 1, 0, sequence)).ShouldBe(new AppendResult(ErrorCode.None, sequence, -1, null));
        log.Append(Some.Batch(["v"], 1, 0, sequence: 2)).Error.ShouldBe(ErrorCode.OutOfOrderSequenceNumber);
        log.NextOffset.ShouldBe(8);
    }

    [Fact]
    public void Sequences_wrap_after_the_largest_number()
    {
        var log = Open();
        log.Append(Some.Batch(["a", "b"], 1, 0, int.MaxValue - 1)).Error.ShouldBe(ErrorCode.None);
        log.Append(Some.Batch(["c"], 1, 0, 1)).Error.ShouldBe(ErrorCode.OutOfOrderSequenceNumber);
        log.Append(Some.Batch(["c"], 1, 0, 0)).Error.ShouldBe(ErrorCode.None);
    }

    [Fact]
    public void A_new_epoch_begins_at_sequence_zero_and_fences_the_old()
    {
        var log = Open();
        log.Append(Some.Batch(["v"], 1, 0, 0));
        log.Append(Some.Batch(["v"], 1, 1, 5)).Error.ShouldBe(ErrorCode.OutOfOrderSequenceNumber);
        log.Append(Some.Batch(["v"], 1, 1, 0)).Error.ShouldBe(ErrorCode.None);
        log.Append(Some.Batch(["v"], 1, 0, 1)).Error.ShouldBe(ErrorCode.InvalidProducerEpoch);
    }

    [Fact]
    public void A_marker_of_a_higher_epoch_keeps_late_batches_out()
    {
        var log = Open();
        log.Append(Some.Batch(["v"], 1, 0, 0, isTransactional: true));
        log.AppendMarker(new ProducerStamp(1, 1), isCommit: false, coordinatorEpoch: 0).ShouldBe(ErrorCode.None);
        log.Append(Some.Batch(["late"], 1, 0, 1, isTransactional: true)).Error.ShouldBe(ErrorCode.InvalidProducerEpoch);
        log.LastStableOffset.ShouldBe(log.NextOffset);
    }

    [Fact]
    public void A_committed_read_ends_before_the_oldest_open_transaction()
    {
        var log = Open();
        log.Append(Some.Batch(["before"]));
        log.Append(Some.Batch(["first"], 1, 0, 0, isTransactional: true));
        log.Append(Some.Batch(["second"], 2, 0, 0, isTransactional: true));
        log.AppendMarker(new ProducerStamp(2, 0), isCommit: true, coordinatorEpoch: 0);
        log.Values(isCommittedOnly: true).ShouldBe(["before"]);
        log.AppendMarker(new ProducerStamp(1, 0), isCommit: true, coordinatorEpoch: 0);
        log.Values(isCommittedOnly: true).ShouldBe(["before", "first", "second"]);
    }

    [Fact]
    public void The_first_batch_is_returned_whole_when_asked_and_never_in_part()
    {
        var log = Open();
        log.Append(Some.Batch([new string('x', 1_000)]));
        log.Read(0, bytesMax: 10, isFirstWhole: true, isCommittedOnly: false).Records.SizeBytes.ShouldBeGreaterThan(1_000);
        log.Read(0, bytesMax: 10, isFirstWhole: false, isCommittedOnly: false).Records.SizeBytes.ShouldBe(0);
    }

    [Fact]
    public void Old_segments_are_deleted_by_age_but_never_into_an_open_transaction()
    {
        var log = Open(new LogSettings { SegmentBytes = 300, RetentionMs = 1_000 });
        for (var i = 0; i < 20; i++)
            log.Append(Some.Batch(["v"], timestampMs: _time.NowMs));
        log.Append(Some.Batch(["v"], 1, 0, 0, isTransactional: true, _time.NowMs));
        _time.Advance(TimeSpan.FromHours(1));
        log.Retain(producerIdleMs: 1);
        log.LogStartOffset.ShouldBe(20);
        log.AppendMarker(new ProducerStamp(1, 0), isCommit: true, coordinatorEpoch: 0);
        _time.Advance(TimeSpan.FromHours(1));
        log.Retain(producerIdleMs: 1);
        log.LogStartOffset.ShouldBe(22);
        log.NextOffset.ShouldBe(22);
        log.Append(Some.Batch(["next"])).BaseOffset.ShouldBe(22);
        log.Values().ShouldBe(["next"]);
    }

    [Fact]
    public void Old_segments_are_deleted_by_size()
    {
        var log = Open(new LogSettings { SegmentBytes = 300, RetentionBytes = 1_000, RetentionMs = -1 });
        for (var i = 0; i < 100; i++)
            log.Append(Some.Batch(["v"]));
        log.Retain(producerIdleMs: long.MaxValue / 2);
        log.SizeBytes.ShouldBeInRange(1_000, 1_400);
    }

    [Fact]
    public void Append_time_replaces_the_producers_timestamps()
    {
        var log = Open(new LogSettings { HasLogAppendTime = true });
        log.Append(Some.Batch(["v"], timestampMs: 5)).AppendTimeMs.ShouldBe(_time.NowMs);
        log.Values().ShouldBe(["v"]);
        log.FindTime(_time.NowMs).ShouldBe((0, _time.NowMs));
    }

    [Fact]
    public void A_timestamp_far_ahead_of_the_clock_is_refused()
    {
        var log = Open(new LogSettings { TimestampAheadMsMax = 1_000 });
        log.Append(Some.Batch(["v"], timestampMs: _time.NowMs + 1_001)).Error.ShouldBe(ErrorCode.InvalidTimestamp);
        log.Append(Some.Batch(["v"], timestampMs: _time.NowMs + 1_000)).Error.ShouldBe(ErrorCode.None);
    }

    [Fact]
    public void An_index_that_was_let_go_is_loaded_again()
    {
        var log = Open(new LogSettings { SegmentBytes = 1_000, IndexIntervalBytes = 100, IsDeleted = false });
        var values = Enumerable.Range(0, 100).Select(i => $"value {i}").ToList();
        foreach (var value in values)
            log.Append(Some.Batch([value]));
        log.Retain(producerIdleMs: 1);
        log.Values().ShouldBe(values);
    }

    [Fact]
    public void A_segment_whose_index_is_full_is_closed()
    {
        var log = Open(new LogSettings { IndexIntervalBytes = 0, IndexBytesMax = 36 });
        var values = Enumerable.Range(0, 10).Select(i => $"value {i}").ToList();
        foreach (var value in values)
            log.Append(Some.Batch([value]));
        // Three entries of twelve bytes; the first batch of a segment needs none.
        Directory.GetFiles(_folder.Path, "*.log").Select(Path.GetFileNameWithoutExtension).Order().ShouldBe(["00000000000000000000", "00000000000000000004", "00000000000000000008"]);
        Directory.GetFiles(_folder.Path, "*.timeindex").ShouldAllBe(file => new FileInfo(file).Length <= 36);
        log.Values().ShouldBe(values);
    }

    [Fact]
    public void Records_are_found_by_time_across_segments()
    {
        var log = Open(new LogSettings { SegmentBytes = 300, IndexIntervalBytes = 100 });
        for (var i = 0; i < 50; i++)
            log.Append(Some.Batch(["v"], timestampMs: 1_000 + i * 10));
        for (var i = 0; i < 50; i++)
            log.FindTime(1_000 + i * 10 - 3).ShouldBe((i, 1_000 + i * 10));
        log.FindTime(1_491).ShouldBeNull();
        log.FindMaxTime().ShouldBe((49, 1_490));
    }

    [Fact]
    public async Task Waiting_readers_are_woken_by_an_append()
    {
        var log = Open();
        var signal = new AppendSignal();
        log.Await(signal);
        signal.Raised.IsCompleted.ShouldBeFalse();
        log.Append(Some.Batch(["v"]));
        await signal.Raised.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System);
    }

    private PartitionLog Open(LogSettings? settings = null) => _log = Some.Open(_folder.Path, settings, _time);

    private sealed class SettableTime : TimeProvider
    {
        private DateTimeOffset _now = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000);

        public long NowMs => _now.ToUnixTimeMilliseconds();

        public void Advance(TimeSpan by) => _now += by;

        public override DateTimeOffset GetUtcNow() => _now;
    }
}
