using Streaming.Broker.Log;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Log;

/// <summary>A log that was not closed: the process was killed, so files are as the page cache had them, perhaps torn.</summary>
public sealed class LogRecoveryTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly List<PartitionLog> _opened = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var log in _opened)
            await log.Flushed;
        _folder.Dispose();
    }

    [Fact]
    public async Task A_tail_torn_at_any_byte_costs_the_torn_batch_only()
    {
        var log = Open(_folder.Path);
        for (var i = 0; i < 5; i++)
            log.Append(Some.Batch([$"value {i}"]));
        var whole = File.ReadAllBytes(LogFile(0));
        var lastBatchBytes = Some.Batch(["value 4"]).Length;

        for (var cut = 1; cut <= lastBatchBytes; cut++)
        {
            using var copy = await CopyAsync(log);
            File.WriteAllBytes(LogFile(0, copy.Path), whole[..^cut]);
            var recovered = Open(copy.Path);
            recovered.NextOffset.ShouldBe(4, $"cut {cut} bytes");
            recovered.Values().ShouldBe(["value 0", "value 1", "value 2", "value 3"], $"cut {cut} bytes");
            recovered.Append(Some.Batch(["after"])).BaseOffset.ShouldBe(4, $"cut {cut} bytes");
            recovered.Values()[^1].ShouldBe("after");
        }
    }

    [Fact]
    public async Task A_flipped_bit_cuts_the_log_there()
    {
        var log = Open(_folder.Path);
        for (var i = 0; i < 3; i++)
            log.Append(Some.Batch([$"value {i}"]));
        using var copy = await CopyAsync(log);
        var bytes = File.ReadAllBytes(LogFile(0, copy.Path));
        bytes[^1] ^= 0x10;
        File.WriteAllBytes(LogFile(0, copy.Path), bytes);
        Open(copy.Path).Values().ShouldBe(["value 0", "value 1"]);
    }

    [Fact]
    public async Task Zeros_after_the_last_batch_are_cut_off()
    {
        var log = Open(_folder.Path);
        log.Append(Some.Batch(["value"]));
        using var copy = await CopyAsync(log);
        using (var file = new FileStream(LogFile(0, copy.Path), FileMode.Append))
            file.Write(new byte[10_000]);
        var recovered = Open(copy.Path);
        recovered.NextOffset.ShouldBe(1);
        new FileInfo(LogFile(0, copy.Path)).Length.ShouldBe(Some.Batch(["value"]).Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("0000000000000000FFFFFFFFFFFFFFFF")]
    public async Task A_damaged_index_is_rebuilt(string hex)
    {
        var settings = new LogSettings { SegmentBytes = 2_000, IndexIntervalBytes = 100 };
        var log = Open(_folder.Path, settings);
        var values = Enumerable.Range(0, 100).Select(i => $"value {i}").ToList();
        foreach (var value in values)
            log.Append(Some.Batch([value]));
        await log.CloseAsync();
        foreach (var index in Directory.GetFiles(_folder.Path, "*index"))
            File.WriteAllBytes(index, Convert.FromHexString(hex));

        var reopened = Open(_folder.Path, settings);
        reopened.Values().ShouldBe(values);
        reopened.Read(50, 100, isFirstWhole: true, isCommittedOnly: false).Records.SizeBytes.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Segments_roll_and_read_as_one_log_before_and_after_a_restart()
    {
        var settings = new LogSettings { SegmentBytes = 1_000, IndexIntervalBytes = 200 };
        var log = Open(_folder.Path, settings);
        var values = Enumerable.Range(0, 200).Select(i => $"value {i}").ToList();
        foreach (var value in values)
            log.Append(Some.Batch([value]));
        Directory.GetFiles(_folder.Path, "*.log").Length.ShouldBeGreaterThan(10);
        log.Values().ShouldBe(values);
        log.Values(bytesMax: 1).ShouldBe(values);

        using var killed = await CopyAsync(log);
        Open(killed.Path, settings).Values().ShouldBe(values);
        await log.CloseAsync();
        var reopened = Open(_folder.Path, settings);
        reopened.Values().ShouldBe(values);
        reopened.NextOffset.ShouldBe(200);
    }

    [Fact]
    public async Task Producer_state_survives_a_kill_and_a_close()
    {
        var log = Open(_folder.Path, new LogSettings { SegmentBytes = 600 });
        for (var sequence = 0; sequence < 20; sequence++)
            log.Append(Some.Batch(["v"], producerId: 7, epoch: 2, sequence)).Error.ShouldBe(ErrorCode.None);
        using var killed = await CopyAsync(log);
        Expect(Open(killed.Path));
        await log.CloseAsync();
        Expect(Open(_folder.Path));

        void Expect(PartitionLog reopened)
        {
            reopened.Append(Some.Batch(["v"], 7, 2, sequence: 19)).BaseOffset.ShouldBe(19); // a duplicate
            reopened.Append(Some.Batch(["v"], 7, 2, sequence: 25)).Error.ShouldBe(ErrorCode.OutOfOrderSequenceNumber);
            reopened.Append(Some.Batch(["v"], 7, 1, sequence: 0)).Error.ShouldBe(ErrorCode.InvalidProducerEpoch);
            reopened.Append(Some.Batch(["v"], 7, 2, sequence: 20)).BaseOffset.ShouldBe(20);
        }
    }

    [Fact]
    public async Task Transactions_survive_a_kill_and_a_close()
    {
        var log = Open(_folder.Path);
        log.Append(Some.Batch(["aborted"], 1, 0, 0, isTransactional: true));
        log.AppendMarker(new ProducerStamp(1, 0), isCommit: false, coordinatorEpoch: 0);
        log.Append(Some.Batch(["plain"]));
        log.Append(Some.Batch(["open"], 2, 0, 0, isTransactional: true));
        using var killed = await CopyAsync(log);
        Expect(Open(killed.Path));
        await log.CloseAsync();
        Expect(Open(_folder.Path));

        void Expect(PartitionLog reopened)
        {
            reopened.LastStableOffset.ShouldBe(3);
            reopened.SelectProducers(producer => producer).Single(producer => producer.ProducerId == 2).TransactionStart.ShouldBe(3);
            var read = reopened.Read(0, 10_000, isFirstWhole: true, isCommittedOnly: true);
            read.Aborted.ShouldBe([new AbortedTransaction(1, FirstOffset: 0, LastOffset: 1, LastStableOffset: 2)]);
            reopened.AppendMarker(new ProducerStamp(2, 0), isCommit: true, coordinatorEpoch: 0).ShouldBe(ErrorCode.None);
            reopened.LastStableOffset.ShouldBe(5);
        }
    }

    [Fact]
    public async Task A_damaged_snapshot_is_replaced_by_reading_the_log()
    {
        var log = Open(_folder.Path, new LogSettings { SegmentBytes = 600 });
        for (var sequence = 0; sequence < 20; sequence++)
            log.Append(Some.Batch(["v"], 7, 0, sequence));
        await log.CloseAsync();
        foreach (var snapshot in Directory.GetFiles(_folder.Path, "*.snapshot"))
            File.WriteAllBytes(snapshot, [1, 2, 3]);
        Open(_folder.Path).Append(Some.Batch(["v"], 7, 0, sequence: 18)).BaseOffset.ShouldBe(18);
    }

    [Fact]
    public async Task The_log_start_survives_and_its_segments_are_gone()
    {
        var log = Open(_folder.Path, new LogSettings { SegmentBytes = 600 });
        for (var i = 0; i < 50; i++)
            log.Append(Some.Batch([$"{i}"]));
        log.DeleteBefore(33).ShouldBe(ErrorCode.None);
        log.DeleteBefore(51).ShouldBe(ErrorCode.OffsetOutOfRange);
        log.Read(32, 100, true, false).Error.ShouldBe(ErrorCode.OffsetOutOfRange);
        using var killed = await CopyAsync(log);
        var recovered = Open(killed.Path);
        recovered.LogStartOffset.ShouldBe(33);
        LogPath.Offsets(killed.Path, ".log")[0].ShouldBeGreaterThan(20);
        recovered.NextOffset.ShouldBe(50);
    }

    private PartitionLog Open(string folder, LogSettings? settings = null)
    {
        _opened.Add(Some.Open(folder, settings));
        return _opened[^1];
    }

    private string LogFile(long baseOffset, string? folder = null) => new LogPath(folder ?? _folder.Path, baseOffset).Log;

    // What a kill leaves behind: the files as they are, with nothing closed.
    private async Task<TempFolder> CopyAsync(PartitionLog log)
    {
        await log.Flushed;
        var copy = new TempFolder();
        foreach (var file in Directory.GetFiles(_folder.Path))
            File.Copy(file, Path.Combine(copy.Path, Path.GetFileName(file)));
        return copy;
    }
}
