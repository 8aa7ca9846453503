using Streaming.Broker.Log;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Log;

/// <summary>A partition remembers so many producers. Who comes back after it was forgotten is as unknown as after <c>producer.id.expiration.ms</c>.</summary>
public sealed class ProducerLimitTests : IAsyncLifetime
{
    private const int ProducersMax = 20;
    private readonly TempFolder _folder = new();
    private PartitionLog _log = null!;

    public ValueTask InitializeAsync()
    {
        _log = Open();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _log.CloseAsync();
        _folder.Dispose();
    }

    [Fact]
    public void New_producers_without_end_push_out_those_that_wrote_longest_ago()
    {
        for (var id = 0; id < 1_000; id++)
        {
            Write(id, sequence: 0);
            Remembered().Count.ShouldBeLessThanOrEqualTo(ProducersMax);
        }

        Remembered().ShouldBe(Enumerable.Range(1_000 - Remembered().Count, Remembered().Count).Select(id => (long)id));
        Remembered().Count.ShouldBeGreaterThan(ProducersMax / 2);
    }

    [Fact]
    public void One_that_goes_on_writing_is_not_pushed_out()
    {
        for (var i = 0; i < 200; i++)
        {
            Write(id: 7_777, sequence: i).ShouldBe(2 * i);
            Write(id: i, sequence: 0);
        }

        Write(id: 7_777, sequence: 199).ShouldBe(398, "it is sent again, and found");
    }

    [Fact]
    public void One_that_was_forgotten_goes_on_with_any_sequence_and_its_old_batches_are_taken_for_new()
    {
        Write(id: 7_777, sequence: 0);
        Crowd();
        Write(id: 7_777, sequence: 0).ShouldBe(_log.NextOffset - 1);
        Crowd();
        Write(id: 7_777, sequence: 41).ShouldBe(_log.NextOffset - 1);
        _log.Append(Some.Batch(["v"], 7_777, 0, sequence: 43)).Error.ShouldBe(ErrorCode.OutOfOrderSequenceNumber);
    }

    [Fact]
    public void Producers_with_an_open_transaction_are_remembered_however_many_and_however_long()
    {
        for (var id = 0; id < 2 * ProducersMax; id++)
            _log.Append(Some.Batch(["open"], 5_000 + id, 0, sequence: 0, isTransactional: true)).Error.ShouldBe(ErrorCode.None);
        Crowd();
        Remembered().Count.ShouldBeLessThanOrEqualTo(3 * ProducersMax);
        _log.LastStableOffset.ShouldBe(0);
        for (var id = 0; id < 2 * ProducersMax; id++)
        {
            _log.Append(Some.Batch(["open"], 5_000 + id, 0, sequence: 1, isTransactional: true)).Error.ShouldBe(ErrorCode.None);
            _log.AppendMarker(new ProducerStamp(5_000 + id, 0), isCommit: id % 2 == 0, coordinatorEpoch: 0).ShouldBe(ErrorCode.None);
        }

        _log.LastStableOffset.ShouldBe(_log.NextOffset);
        _log.Read(0, 1_000_000, isFirstWhole: true, isCommittedOnly: true).Aborted!.Count.ShouldBe(ProducersMax);
        Crowd();
        Remembered().Count.ShouldBeLessThanOrEqualTo(ProducersMax);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_restart_remembers_no_more(bool isClosed)
    {
        using var second = new TempFolder();
        for (var id = 0; id < 10 * ProducersMax; id++)
            Write(id, sequence: 0);
        if (isClosed)
            await _log.CloseAsync();
        else
            await _log.Flushed;
        foreach (var file in Directory.EnumerateFiles(_folder.Path))
            File.Copy(file, Path.Combine(second.Path, Path.GetFileName(file)));
        var reopened = Some.Open(second.Path, Settings(ProducersMax));
        reopened.SelectProducers(producer => producer.ProducerId).Count.ShouldBeInRange(ProducersMax / 2, ProducersMax);
        reopened.Append(Some.Batch(["v"], (10 * ProducersMax) - 1, 0, sequence: 0)).BaseOffset.ShouldBe((10 * ProducersMax) - 1, "it is sent again, and found");
        await reopened.CloseAsync();
    }

    private void Crowd()
    {
        for (var id = 0; id < 2 * ProducersMax; id++)
            Write(id, sequence: -1);
    }

    // Sequence -1: one that may follow whatever this producer wrote.
    private long Write(long id, int sequence)
    {
        var last = _log.SelectProducers(producer => (Id: producer.ProducerId, producer.LastSequence)).Where(producer => producer.Id == id).Select(producer => producer.LastSequence);
        var result = _log.Append(Some.Batch(["v"], id, 0, sequence < 0 ? last.SingleOrDefault(-1) + 1 : sequence));
        result.Error.ShouldBe(ErrorCode.None);
        return result.BaseOffset;
    }

    private IReadOnlyList<long> Remembered() => [.. _log.SelectProducers(producer => producer.ProducerId).Order()];

    private PartitionLog Open() => Some.Open(_folder.Path, Settings(ProducersMax));

    private static LogSettings Settings(int producersMax) => new() { ProducerIdsMax = producersMax };
}
