using Streaming.Sinks.Tests.Support;
using Streaming.Sinks.Worker;

namespace Streaming.Sinks.Tests.Worker;

public sealed class BatchReaderTests
{
    private static readonly TimeSpan _forever = Timeout.InfiniteTimeSpan;
    private readonly PartitionQueue _queue = new(recordsMax: 10, bytesMax: 1_000);
    private readonly SinkOptions _options = new() { BatchEventsMax = 4, BatchBytesMax = 1_024, BatchLingerMs = 0 };

    [Fact]
    public async Task What_waits_is_taken_at_once_even_if_it_is_little()
    {
        Add(0);
        (await OffsetsAsync(_forever)).ShouldBe([0]);
    }

    [Fact]
    public async Task A_batch_ends_at_its_count()
    {
        Add(0, 1, 2, 3, 4, 5);
        (await OffsetsAsync(_forever)).ShouldBe([0, 1, 2, 3]);
        (await OffsetsAsync(_forever)).ShouldBe([4, 5]);
    }

    [Fact]
    public async Task A_batch_ends_with_the_record_that_fills_its_bytes()
    {
        _queue.Add(SomeRecords.Record(0, sizeBytes: 600));
        _queue.Add(SomeRecords.Record(1, sizeBytes: 600));
        _queue.Add(SomeRecords.Record(2, sizeBytes: 600));
        (await OffsetsAsync(_forever)).ShouldBe([0, 1]);
    }

    [Fact]
    public async Task Nothing_within_the_idle_time_is_an_empty_batch() => (await OffsetsAsync(TimeSpan.FromMilliseconds(1))).ShouldBeEmpty();

    [Fact]
    public async Task A_record_ends_the_wait()
    {
        var reading = OffsetsAsync(_forever);
        reading.IsCompleted.ShouldBeFalse();
        Add(7);
        (await reading).ShouldBe([7]);
    }

    [Fact]
    public async Task A_batch_that_lingers_takes_what_comes_in_the_meantime()
    {
        _options.BatchLingerMs = 100;
        Add(0);
        var reading = OffsetsAsync(_forever);
        reading.IsCompleted.ShouldBeFalse();
        Add(1, 2, 3);
        (await reading).ShouldBe([0, 1, 2, 3]);
    }

    [Fact]
    public async Task Stopping_ends_the_wait_for_a_first_record()
    {
        using var stopping = new CancellationTokenSource();
        var reading = new BatchReader(_queue, _options, TimeProvider.System).ReadAsync(_forever, stopping.Token);
        await stopping.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(reading);
    }

    [Fact]
    public async Task A_full_queue_has_space_again_when_a_record_is_taken()
    {
        Add(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        _queue.IsFull.ShouldBeTrue();
        _queue.WaitForSpace(TimeSpan.Zero).ShouldBeFalse();
        var waiting = Task.Run(() => _queue.WaitForSpace(TimeSpan.FromSeconds(30)));
        await OffsetsAsync(_forever);
        (await waiting).ShouldBeTrue();
        _queue.IsHalfEmpty.ShouldBeFalse();
        await OffsetsAsync(_forever);
        _queue.IsHalfEmpty.ShouldBeTrue();
    }

    private void Add(params int[] offsets)
    {
        foreach (var offset in offsets)
            _queue.Add(SomeRecords.Record(offset));
    }

    private async Task<List<long>> OffsetsAsync(TimeSpan idle) =>
        [.. (await new BatchReader(_queue, _options, TimeProvider.System).ReadAsync(idle, CancellationToken.None)).Select(record => record.Offset)];
}
