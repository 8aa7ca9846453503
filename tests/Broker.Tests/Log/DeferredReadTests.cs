using Streaming.Broker.Log;
using Streaming.Broker.Records;
using Streaming.Broker.Tests.Log.Compaction;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Log;

/// <summary>Records that are read only when they are sent are those that would have been read at once.</summary>
public sealed class DeferredReadTests : IAsyncDisposable
{
    private const int PieceBytes = 1_000;
    private readonly TempFolder _folder = new();
    private readonly PartitionLog _log;

    public DeferredReadTests() => _log = Some.Open(
        _folder.Path, new LogSettings { SegmentBytes = 20_000, IndexIntervalBytes = 300, DeferredBytesMin = 500, PieceBytes = PieceBytes, RetentionMs = -1 });

    public async ValueTask DisposeAsync()
    {
        await _log.CloseAsync();
        _folder.Dispose();
    }

    [Fact]
    public void From_anywhere_in_answers_of_any_size_up_to_any_open_transaction()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var i = 0; i < 400; i++)
            _log.Append(Some.Batch([.. Enumerable.Repeat(new string('x', random.Next(random.Next(10) == 0 ? 3 * PieceBytes : 200)), random.Next(1, 4))]));
        _log.Append(Some.Batch(["open"], producerId: 1, epoch: 0, sequence: 0, isTransactional: true));
        for (var i = 0; i < 50; i++)
            _log.Append(Some.Batch([$"behind {i}"]));

        var deferred = 0;
        for (var i = 0; i < 1_000; i++)
        {
            var (offset, bytesMax, isCommittedOnly) = (random.NextInt64(_log.NextOffset), random.Next(1, 30_000), random.Next(2) == 0);
            var what = $"{bytesMax} bytes from {offset}, committed only: {isCommittedOnly} (seed {seed})";
            using var sent = _log.Read(offset, bytesMax, isFirstWhole: true, isCommittedOnly, deferredBytesMax: bytesMax).Records;
            using var read = _log.Read(offset, bytesMax, isFirstWhole: true, isCommittedOnly).Records;
            var bytes = sent.Sent();
            // What lies behind the last entry of the index that fits is left for the next answer.
            bytes.Length.ShouldBeInRange(Math.Min(read.SizeBytes, 500), read.SizeBytes, what);
            bytes.Span.SequenceEqual(read.Bytes.Span[..bytes.Length]).ShouldBeTrue(what);
            BatchSpan.NextOffset(bytes.Span).ShouldBeLessThanOrEqualTo(sent.EndOffset, what);
            deferred += sent.Deferred is null ? 0 : 1;
        }

        deferred.ShouldBeGreaterThan(500);
    }

    [Fact]
    public void Reading_on_comes_to_the_end()
    {
        for (var i = 0; i < 300; i++)
            _log.Append(Some.Batch([$"value {i}", new string('x', i)]));
        _log.Records(bytesMax: 5_000, mayDefer: true).ShouldBe(_log.Records());
    }

    [Fact]
    public void A_piece_is_no_larger_than_it_may_be_unless_a_single_batch_is()
    {
        for (var i = 0; i < 40; i++)
            _log.Append(Some.Batch([new string('x', i == 20 ? 5 * PieceBytes : 90)]));
        using var slice = Deferred(int.MaxValue).Records;
        var large = 0;
        while (slice.Deferred!.Next() is { Length: > 0 } piece)
        {
            large += piece.Length > PieceBytes ? 1 : 0;
            if (piece.Length > PieceBytes)
                BatchHeader.Read(piece.Span).SizeBytes.ShouldBe(piece.Length);
        }

        large.ShouldBe(1);
    }

    [Fact]
    public void Records_are_sent_to_the_end_although_their_segment_is_deleted_meanwhile()
    {
        for (var i = 0; i < 300; i++)
            _log.Append(Some.Batch([new string('x', 200)]));
        using var slice = Deferred(bytesMax: 15_000).Records;
        slice.Deferred!.Next().Length.ShouldBeGreaterThan(0);
        _log.DeleteBefore(250).ShouldBe(ErrorCode.None);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var rest = 0;
        while (slice.Deferred.Next() is { Length: > 0 } piece)
            rest += piece.Length;
        rest.ShouldBeGreaterThan(slice.SizeBytes - (2 * PieceBytes));
    }

    [Fact]
    public void A_segment_that_was_cut_is_damaged_where_it_ends()
    {
        for (var i = 0; i < 40; i++)
            _log.Append(Some.Batch([new string('x', 90)]));
        using var slice = Deferred(int.MaxValue).Records;
        using (var file = File.OpenHandle(new LogPath(_folder.Path, 0).Log, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete))
            RandomAccess.SetLength(file, (slice.SizeBytes / 2) - 10);
        Should.Throw<IOException>(() => slice.Sent());
        ExpectCorruptAt(19);
    }

    /// <summary>The offset of a batch is not covered by its checksum, and nothing behind this one tells that it is wrong.</summary>
    [Fact]
    public void The_last_batch_may_not_end_behind_its_segment()
    {
        for (var i = 0; i < 10; i++)
            _log.Append(Some.Batch([.. Enumerable.Repeat(new string('x', 90), 10)]));
        var last = Deferred(int.MaxValue).Records.SizeBytes / 10 * 9;
        BitRot.Flip(new LogPath(_folder.Path, 0).Log, last + 7, bit: 0);

        using (var slice = Deferred(int.MaxValue).Records)
            Should.Throw<IOException>(() => slice.Sent());
        ExpectCorruptAt(90);
    }

    // Not deferred any more: what is before, and then the reason.
    private void ExpectCorruptAt(long offset)
    {
        using (var before = Deferred(int.MaxValue).Records)
            BatchSpan.NextOffset(before.Bytes.Span).ShouldBe(offset);
        _log.Read(offset, int.MaxValue, isFirstWhole: true, isCommittedOnly: false).Error.ShouldBe(ErrorCode.CorruptMessage);
    }

    private LogRead Deferred(int bytesMax) => _log.Read(0, bytesMax, isFirstWhole: true, isCommittedOnly: false, deferredBytesMax: bytesMax);
}
