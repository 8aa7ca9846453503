using Streaming.Broker.Log;
using Streaming.Broker.Records;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Log;

/// <summary>Any single bit of the records turned over on disk, in closed segments and the active one: never served, reported with its place, and the rest is readable.</summary>
public sealed class BitRotTests : IAsyncLifetime
{
    private const int Batches = 60;
    private readonly TempFolder _folder = new();
    private readonly List<(string File, int Position, BatchHeader Header)> _batches = [];
    private CollectingLogger _logger = new();
    private PartitionLog _log = null!;

    public async ValueTask InitializeAsync()
    {
        _log = Open();
        for (var i = 0; i < Batches; i++)
            _log.Append(Some.Batch([$"value {i}", $"more {i}"], producerId: 3, epoch: 0, sequence: 2 * i));
        await _log.CloseAsync();
        foreach (var baseOffset in LogPath.Offsets(_folder.Path, LogPath.LogExtension))
            NoteBatches(new LogPath(_folder.Path, baseOffset).Log);
        _batches.Count.ShouldBe(Batches);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Every_bit_of_a_batchs_head_and_seeded_others()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        List<(int Batch, int Bit)> flips =
        [
            .. Enumerable.Range(0, BatchHeader.Bytes * 8).Select(bit => (random.Next(Batches), bit)),
            .. Enumerable.Range(0, 200).Select(_ => random.Next(Batches)).Select(batch => (batch, random.Next(_batches[batch].Header.SizeBytes * 8))),
        ];
        _log = Open();
        foreach (var (batch, bit) in flips)
        {
            Flip(batch, bit);
            Expect(batch, $"bit {bit} of batch {batch} (seed {seed})");
            Flip(batch, bit);
        }

        Read(0).ShouldBe((Batches * 2, null));
        await _log.CloseAsync();
    }

    /// <summary>What was promised by its place alone ends where it is damaged; whoever asks again gets what is before, and then the reason.</summary>
    [Fact]
    public async Task Bits_of_records_that_are_read_when_they_are_sent()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var i = 0; i < 150; i++)
        {
            var batch = random.Next(Batches);
            var bit = random.Next((i % 2 == 0 ? BatchHeader.Bytes : _batches[batch].Header.SizeBytes) * 8);
            _log = Open();
            Flip(batch, bit);
            Expect(batch, $"bit {bit} of batch {batch} (seed {seed})", mayDefer: true);
            Flip(batch, bit);
            await _log.CloseAsync();
        }
    }

    [Theory]
    [InlineData(16 * 8)] // magic
    [InlineData((8 * 8) + 20)] // length
    [InlineData(70 * 8)] // records
    public async Task The_last_batch_of_a_closed_segment_found_damaged_at_the_start(int bit)
    {
        var last = _batches.FindIndex(batch => batch.File != _batches[0].File) - 1;
        Flip(last, bit);
        _log = Open();

        Expect(last, $"bit {bit}");

        await _log.CloseAsync();
    }

    private void Expect(int damaged, string what, bool mayDefer = false)
    {
        var header = _batches[damaged].Header;
        var (before, damagedAt) = Read(0, mayDefer);
        before.ShouldBe(header.BaseOffset, what);
        damagedAt.ShouldBe(header.BaseOffset, what);
        _logger.Errors[^1].ShouldContain($"{Some.Partition}@{header.BaseOffset}", customMessage: what);
        foreach (var inside in new[] { header.BaseOffset, header.LastOffset })
            Read(inside).ShouldBe((inside, inside), what);
        if (damaged < Batches - 1)
            Read(header.NextOffset).ShouldBe((Batches * 2, null), what);
    }

    /// <summary>How far one gets by reading on from an offset, and where the damage is that stops it.</summary>
    private (long NextOffset, long? DamagedAt) Read(long offset, bool mayDefer = false)
    {
        while (offset < _log.NextOffset)
        {
            var read = _log.Read(offset, bytesMax: 700, isFirstWhole: true, isCommittedOnly: false, deferredBytesMax: mayDefer ? 700 : 0);
            using (read.Records)
            {
                if (read.Error == ErrorCode.CorruptMessage)
                    return (offset, offset);
                read.Error.ShouldBe(ErrorCode.None);
                offset = read.Records.Deferred is { } deferred ? Sent(deferred, offset) : Sound(read.Records.Bytes.Span, offset);
            }
        }

        return (offset, null);
    }

    // A client keeps nothing of an answer that its connection did not bring to the end.
    private static long Sent(IDeferredBytes deferred, long offset)
    {
        var next = offset;
        try
        {
            while (deferred.Next() is { Length: > 0 } piece)
                next = Sound(piece.Span, next);
            return next;
        }
        catch (IOException)
        {
            return offset;
        }
    }

    private static long Sound(ReadOnlySpan<byte> batches, long offset)
    {
        foreach (var header in Some.WholeBatches(batches))
        {
            header.BaseOffset.ShouldBe(offset);
            offset = header.NextOffset;
        }

        return offset;
    }

    private PartitionLog Open()
    {
        _logger = new CollectingLogger();
        return PartitionLog.Open(Some.Partition, _folder.Path, new LogSettings { SegmentBytes = 2_000, IndexIntervalBytes = 150, DeferredBytesMin = 300, PieceBytes = 250 }, TimeProvider.System, _logger);
    }

    private void NoteBatches(string file)
    {
        var bytes = File.ReadAllBytes(file);
        for (var position = 0; position < bytes.Length;)
        {
            var header = BatchHeader.Read(bytes.AsSpan(position));
            _batches.Add((file, position, header));
            position += header.SizeBytes;
        }
    }

    private void Flip(int batch, int bit)
    {
        var (path, position, _) = _batches[batch];
        BitRot.Flip(path, position + (bit / 8), bit % 8);
    }
}
