using Streaming.Broker.Log;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Log;

/// <summary>A disk that gives back other bytes than were written.</summary>
public sealed class DamageTests : IAsyncLifetime
{
    private const int DamagedOffset = 7;
    private readonly TempFolder _folder = new();
    private readonly CollectingLogger _logger = new();
    private readonly PartitionLog _log;
    private readonly int _batchBytes;

    public DamageTests()
    {
        _log = PartitionLog.Open(Some.Partition, _folder.Path, new LogSettings { SegmentBytes = 1_000 }, TimeProvider.System, _logger);
        for (var i = 0; i < 50; i++)
            _log.Append(Some.Batch([$"value {i:D2}"]));
        _batchBytes = Some.Batch(["value 00"]).Length;
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _log.Flushed;
        _folder.Dispose();
    }

    [Theory]
    [InlineData(8)] // length
    [InlineData(16)] // magic
    [InlineData(17)] // CRC
    [InlineData(22)] // attributes
    [InlineData(70)] // records
    public void Records_with_a_flipped_bit_are_never_served_and_reported_once(int at)
    {
        BitRot.Flip(new LogPath(_folder.Path, 0).Log, (DamagedOffset * _batchBytes) + at, bit: 2);
        for (var again = 0; again < 3; again++)
        {
            using (var before = Read(offset: 0).Records)
                before.SizeBytes.ShouldBe(DamagedOffset * _batchBytes);
            var damaged = Read(DamagedOffset);
            damaged.Error.ShouldBe(ErrorCode.CorruptMessage);
            damaged.Records.SizeBytes.ShouldBe(0);
            damaged.Records.Dispose();
        }

        _logger.Errors.ShouldHaveSingleItem().ShouldContain($"{Some.Partition}@{DamagedOffset}");
    }

    private LogRead Read(long offset) => _log.Read(offset, bytesMax: 10_000, isFirstWhole: true, isCommittedOnly: false);
}
