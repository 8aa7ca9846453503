using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Broker.Log;
using Streaming.Broker.Records;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Log;

/// <summary>Acknowledged means on disk, where the settings say so; and one flush serves all who came while the one before it ran.</summary>
public sealed class GroupCommitTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private readonly TempFolder _folder = new();
    private readonly CollectingLogger _logger = new();
    private readonly SemaphoreSlim _mayFlush = new(0);
    private PartitionLog _log = null!;
    private volatile int _flushes;
    private volatile bool _isBroken;

    public ValueTask InitializeAsync()
    {
        _log = Open(new LogSettings { FlushOnAppend = true, Flush = Flush });
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _mayFlush.Release(1_000);
        await _log.CloseAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Nothing_is_acknowledged_or_read_before_a_flush_that_began_after_it()
    {
        var first = AppendAsync("first");
        await UntilAsync(() => _flushes == 1);
        var second = AppendAsync("second");
        (first.IsCompleted, second.IsCompleted).ShouldBe((false, false));
        (_log.NextOffset, _log.Values().Count).ShouldBe((0, 0));

        _mayFlush.Release();
        (await first.WaitAsync(Deadline)).ShouldBe(ErrorCode.None);
        await UntilAsync(() => _flushes == 2);
        second.IsCompleted.ShouldBeFalse();
        _log.Values().ShouldBe(["first"]);

        _mayFlush.Release();
        (await second.WaitAsync(Deadline)).ShouldBe(ErrorCode.None);
        _log.Values().ShouldBe(["first", "second"]);
    }

    [Fact]
    public async Task Those_who_come_during_a_flush_share_the_next()
    {
        var first = AppendAsync("first");
        await UntilAsync(() => _flushes == 1);
        var others = Enumerable.Range(0, 500).Select(i => AppendAsync($"other {i}")).ToList();

        _mayFlush.Release(2);

        await first.WaitAsync(Deadline);
        (await Task.WhenAll(others).WaitAsync(Deadline)).ShouldAllBe(error => error == ErrorCode.None);
        _flushes.ShouldBe(2);
        _log.NextOffset.ShouldBe(501);
    }

    [Fact]
    public async Task A_batch_sent_again_before_its_flush_waits_for_it_like_the_first()
    {
        var first = AppendAsync("value", producerId: 7);
        await UntilAsync(() => _flushes == 1);
        var again = AppendAsync("value", producerId: 7);
        await UntilAsync(() => again.IsCompleted || _flushes == 1);
        again.IsCompleted.ShouldBeFalse();

        _mayFlush.Release(2);

        (await Task.WhenAll(first, again).WaitAsync(Deadline)).ShouldAllBe(error => error == ErrorCode.None);
        _log.NextOffset.ShouldBe(1);
    }

    [Fact]
    public async Task An_open_transaction_is_stable_with_the_flush_of_its_marker()
    {
        var inside = AppendAsync("inside", producerId: 7, isTransactional: true);
        _mayFlush.Release();
        await inside.WaitAsync(Deadline);
        _log.AppendMarker(new(7, 0), isCommit: true, coordinatorEpoch: 0).ShouldBe(ErrorCode.None);
        var marker = _log.PersistAsync().AsTask();
        await UntilAsync(() => _flushes == 2);
        (_log.LastStableOffset, _log.Values(isCommittedOnly: true).Count).ShouldBe((0, 0));

        _mayFlush.Release();
        await marker.WaitAsync(Deadline);

        (_log.LastStableOffset, _log.Values(isCommittedOnly: true).Count).ShouldBe((2, 1));
    }

    [Fact]
    public async Task A_flush_that_failed_is_told_to_all_it_was_for_and_nothing_is_taken_after_it()
    {
        _isBroken = true;
        _mayFlush.Release(10);

        (await AppendAsync("lost").WaitAsync(Deadline)).ShouldBe(ErrorCode.KafkaStorageError);
        _isBroken = false;

        (await AppendAsync("after").WaitAsync(Deadline)).ShouldBe(ErrorCode.KafkaStorageError);
        _log.NextOffset.ShouldBe(0);
        _logger.Errors.ShouldHaveSingleItem().ShouldContain($"{Some.Partition}@0");
    }

    [Fact]
    public async Task Segments_that_are_closed_meanwhile_are_flushed_too()
    {
        _mayFlush.Release(1_000);
        _log.Settings = _log.Settings with { SegmentBytes = 300 };
        for (var i = 0; i < 20; i++)
            (await AppendAsync($"value {i}").WaitAsync(Deadline)).ShouldBe(ErrorCode.None);

        _log.Values().Count.ShouldBe(20);
        _flushes.ShouldBeGreaterThan(20);
    }

    [Fact]
    public async Task Many_producers_on_a_real_disk_need_fewer_flushes_than_batches()
    {
        const int Producers = 32;
        const int BatchesEach = 20;
        using var folder = new TempFolder();
        var flushes = 0;
        var log = PartitionLog.Open(Some.Partition, folder.Path, new LogSettings
        {
            FlushOnAppend = true,
            Flush = segment =>
            {
                Interlocked.Increment(ref flushes);
                segment.Flush();
            },
        }, TimeProvider.System, NullLogger.Instance);

        await Task.WhenAll(Enumerable.Range(0, Producers).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < BatchesEach; i++)
            {
                log.Append(Some.Batch(["value"])).Error.ShouldBe(ErrorCode.None);
                (await log.PersistAsync()).ShouldBe(ErrorCode.None);
            }
        })));

        log.NextOffset.ShouldBe(Producers * BatchesEach);
        flushes.ShouldBeLessThan(Producers * BatchesEach / 4);
        await log.CloseAsync();
    }

    private PartitionLog Open(LogSettings settings) => PartitionLog.Open(Some.Partition, _folder.Path, settings, TimeProvider.System, _logger);

    private void Flush(LogSegment segment)
    {
        Interlocked.Increment(ref _flushes);
        _mayFlush.Wait(Deadline).ShouldBeTrue();
        if (_isBroken)
            throw new IOException("Input/output error");
    }

    private async Task<ErrorCode> AppendAsync(string value, long producerId = -1, bool isTransactional = false)
    {
        var batch = producerId < 0 ? Some.Batch([value]) : Some.Batch([value], producerId, epoch: 0, sequence: 0, isTransactional);
        var error = _log.Append(batch, BatchHeader.Read(batch)).Error;
        return error == ErrorCode.None ? await _log.PersistAsync() : error;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var late = new CancellationTokenSource(Deadline);
        while (!condition())
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, late.Token);
    }
}
