using Streaming.Broker.Log;
using Streaming.Broker.Records;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Log;

/// <summary>A kill, or a machine that lost power, at any byte: what is left is the longest beginning of whole batches, and producers go on right there.</summary>
public sealed class CutAnywhereTests : IAsyncLifetime
{
    private const long Producer = 7;
    private const int Batches = 40;
    private static readonly LogSettings Settings = new() { SegmentBytes = 1_200, IndexIntervalBytes = 200 };

    private readonly TempFolder _folder = new();
    private readonly List<(int Sequence, int Records)> _written = [];
    private PartitionLog _log = null!;

    /// <summary>Batches of one to three records from one producer, in several segments, with their indexes, snapshots and checkpoint.</summary>
    public async ValueTask InitializeAsync()
    {
        _log = Some.Open(_folder.Path, Settings);
        for (var (i, sequence) = (0, 0); i < Batches; i++)
        {
            var records = 1 + (i % 3);
            _log.Append(Some.Batch([.. Enumerable.Range(sequence, records).Select(number => $"value {number}")], Producer, 0, sequence)).Error.ShouldBe(ErrorCode.None);
            _written.Add((sequence, records));
            sequence += records;
        }

        await _log.Flushed;
    }

    public async ValueTask DisposeAsync()
    {
        await _log.CloseAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_active_segment_cut_at_any_byte()
    {
        var active = new LogPath(_folder.Path, LogPath.Offsets(_folder.Path, LogPath.LogExtension)[^1]);
        var bytes = File.ReadAllBytes(active.Log);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            using var killed = Copy();
            File.WriteAllBytes(new LogPath(killed.Path, active.BaseOffset).Log, bytes[..cut]);
            var next = Math.Max(active.BaseOffset, BatchSpan.NextOffset(WholeBatches(bytes.AsSpan(0, cut))));

            await ExpectAsync(killed, next, $"cut at byte {cut}");
        }
    }

    [Fact]
    public async Task Every_file_beside_the_records_cut_lost_or_full_of_garbage()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var beside = Directory.GetFiles(_folder.Path).Where(file => !file.EndsWith(".log", StringComparison.Ordinal)).Select(file => Path.GetFileName(file)).ToList();
        beside.Count.ShouldBeGreaterThan(5);
        foreach (var name in beside)
        {
            var bytes = File.ReadAllBytes(Path.Combine(_folder.Path, name));
            for (var round = 0; round < 6; round++)
            {
                using var killed = Copy();
                var what = Damage(Path.Combine(killed.Path, name), bytes, round, random);
                await ExpectAsync(killed, _log.NextOffset, $"{name} {what} (seed {seed})");
            }
        }
    }

    private static string Damage(string path, byte[] bytes, int round, Random random)
    {
        if (round == 0)
        {
            File.Delete(path);
            return "lost";
        }

        var damaged = bytes.ToArray();
        if (round <= 3)
            damaged = damaged[..random.Next(damaged.Length)];
        else
            random.NextBytes(damaged);
        File.WriteAllBytes(path, damaged);
        return round <= 3 ? $"cut to {damaged.Length} bytes" : "of random bytes";
    }

    private async Task ExpectAsync(TempFolder killed, long nextOffset, string what)
    {
        var log = Some.Open(killed.Path, Settings);
        log.NextOffset.ShouldBe(nextOffset, what);
        log.Values().ShouldBe(Enumerable.Range(0, (int)nextOffset).Select(number => $"value {number}"), what);

        // With one producer, offsets and sequences are the same numbers.
        var (sequence, records) = _written.Last(batch => batch.Sequence + batch.Records <= nextOffset);
        Append(log, sequence, records).BaseOffset.ShouldBe(sequence, $"{what}: a duplicate of the last batch");
        log.NextOffset.ShouldBe(nextOffset, what);
        Append(log, (int)nextOffset + 1, 1).Error.ShouldBe(ErrorCode.OutOfOrderSequenceNumber, $"{what}: a gap");
        Append(log, (int)nextOffset, 2).BaseOffset.ShouldBe(nextOffset, $"{what}: what follows");
        await log.CloseAsync();
    }

    private static AppendResult Append(PartitionLog log, int sequence, int records) =>
        log.Append(Some.Batch([.. Enumerable.Repeat("again", records)], Producer, 0, sequence));

    private static ReadOnlySpan<byte> WholeBatches(ReadOnlySpan<byte> bytes)
    {
        var whole = 0;
        while (BatchCheck.IsWhole(bytes[whole..], out var header))
            whole += header.SizeBytes;
        return bytes[..whole];
    }

    // What a kill leaves behind: the files as they are, with nothing closed.
    private TempFolder Copy()
    {
        var copy = new TempFolder();
        foreach (var file in Directory.GetFiles(_folder.Path))
            File.Copy(file, Path.Combine(copy.Path, Path.GetFileName(file)));
        return copy;
    }
}
