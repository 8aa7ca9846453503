using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Commands.Incoming;
using Streaming.Commands.Processing;
using Streaming.Serdes.Registry;

namespace Streaming.Commands.Tests.Processing;

/// <summary>Whatever goes wrong while a batch is collected, no command is lost and none changes places.</summary>
public sealed class BatchCollectorTests : IDisposable
{
    private readonly CommandQueue _queue = new(recordsMax: 100);
    private readonly CommandProcessorOptions _options = new() { BatchRecordsMax = 4, BatchMsMax = 5_000 };
    private readonly PartitionStatus _status = new(TimeProvider.System);
    private Func<long, Exception?> _trouble = _ => null;

    [Fact]
    public void A_batch_is_bounded_by_count()
    {
        var collector = Collector(offsets: 6);
        Collect(collector).ShouldBe([0, 1, 2, 3]);
        collector.Done();
        Collect(collector).ShouldBe([4, 5]);
    }

    [Fact]
    public async Task What_comes_within_the_interval_shares_a_batch()
    {
        _options.BatchIntervalMs = 500;
        _options.BatchMsMax = 5_000;
        var collector = Collector(offsets: 1);
        Collect(collector).ShouldBe([0]);
        collector.Done();
        Add(1);
        var second = Task.Run(() => Collect(collector), TestContext.Current.CancellationToken);
        await Eventually.Async(() => Task.FromResult(_queue.Count == 0), TimeSpan.FromSeconds(60), "the first of the next batch is taken");
        Add(2);
        (await second).ShouldBe([1, 2]);
    }

    [Fact]
    public void What_is_committed_already_is_skipped() => Collect(Collector(offsets: 6), nextOffset: 3).ShouldBe([3, 4, 5]);

    [Fact]
    public void A_batch_that_was_not_committed_is_collected_again()
    {
        var collector = Collector(offsets: 6);
        Collect(collector);
        collector.Return();
        Collect(collector, nextOffset: 2).ShouldBe([2, 3, 4, 5]);
    }

    [Fact]
    public void While_the_registry_is_away_a_batch_goes_without_what_needs_it()
    {
        var collector = Collector(offsets: 4);
        _trouble = offset => offset == 2 ? new RegistryUnavailableException("away", null, 0, null) : null;
        Collect(collector).ShouldBe([0, 1]);
        collector.IsHeldUp.ShouldBeTrue();
        _status.Trouble.ShouldBe("away");
        collector.Done();
        _trouble = _ => null;
        Collect(collector).ShouldBe([2, 3]);
        collector.IsHeldUp.ShouldBeFalse();
    }

    [Fact]
    public void What_could_not_be_read_for_any_other_reason_is_not_lost_either()
    {
        var collector = Collector(offsets: 4);
        _trouble = offset => offset == 2 ? new RegistryException("credentials expired") : null;
        Should.Throw<RegistryException>(() => Collect(collector));
        collector.Return();
        _trouble = _ => null;
        Collect(collector).ShouldBe([0, 1, 2, 3]);
    }

    public void Dispose() => _queue.Dispose();

    private BatchCollector Collector(int offsets)
    {
        for (var offset = 0; offset < offsets; offset++)
            Add(offset);
        return new(_queue, Read, _options, _status, TimeProvider.System, NullLogger.Instance);
    }

    private void Add(int offset) => _queue.Add(new ConsumeResult<byte[], byte[]> { TopicPartitionOffset = new("commands", 0, offset) });

    private Unanswerable Read(ConsumeResult<byte[], byte[]> record) =>
        _trouble(record.Offset.Value) is { } trouble ? throw trouble : new Unanswerable(record, "a test");

    private static IEnumerable<long> Collect(BatchCollector collector, long nextOffset = 0)
    {
        collector.Collect(nextOffset, BatchCollector.IdleWait, CancellationToken.None).ShouldBeTrue();
        return [.. collector.Batch.Select(incoming => incoming.Record.Offset.Value)];
    }
}
