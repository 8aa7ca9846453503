using Streaming.Broker.Log;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Log.Compaction;

/// <summary>A log under random appends, transactions, clocks, restarts and compactions, beside what a model knows of it.</summary>
internal sealed class CompactionHistory : IAsyncDisposable
{
    private const int Keys = 6;
    private const int Producers = 3;
    private readonly Random _random;
    private readonly CompactedLog _story;
    private readonly List<Written> _written = [];
    private readonly int[] _sequences = new int[Producers];
    private readonly bool[] _isOpen = new bool[Producers];
    private int _values;

    public CompactionHistory(int seed)
    {
        _random = new Random(seed);
        _story = new CompactedLog(CompactedLog.Small with
        {
            SegmentBytes = _random.Next(200, 1_500),
            DeleteRetentionMs = _random.Next(4) * 20_000,
            MinCompactionLagMs = _random.Next(3) * 10_000,
        });
        _story.Options.OffsetMapBytesMax = _random.Next(2) == 0 ? 4 * 32 : 1_000_000;
    }

    public async Task RunAsync(int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            await StepAsync();
            if (i % 10 == 0)
                Check(_story.Log);
        }

        await _story.CompactAsync();
        Check(_story.Log);
        Check(await _story.KilledAsync());
        Check(await _story.KilledAsync(withSnapshots: false));
    }

    public ValueTask DisposeAsync() => _story.DisposeAsync();

    private async Task StepAsync()
    {
        switch (_random.Next(20))
        {
            case < 8:
                Append(producer: -1);
                break;
            case < 13:
                Append(_random.Next(Producers));
                break;
            case < 16:
                End(_random.Next(Producers));
                break;
            case < 17:
                _story.Time.Advance(TimeSpan.FromSeconds(_random.Next(30)));
                break;
            case < 18:
                await _story.RestartAsync();
                break;
            default:
                await _story.CompactAsync();
                break;
        }
    }

    private void Append(int producer)
    {
        var records = Enumerable.Range(0, _random.Next(1, 5))
            .Select(_ => ($"key {_random.Next(Keys)}", _random.Next(4) == 0 ? null : $"value {_values++}")).ToArray();
        var isTransactional = producer > 0; // producer 0 is idempotent alone
        var batch = producer < 0
            ? Some.Keyed(records, timestampMs: _story.NowMs)
            : Some.Keyed(records, producer, epoch: 0, _sequences[producer], isTransactional, _story.NowMs);
        var appended = _story.Log.Append(batch);
        appended.Error.ShouldBe(ErrorCode.None);
        for (var i = 0; i < records.Length; i++)
        {
            _written.Add(new Written(
                new ReadRecord(appended.BaseOffset + i, records[i].Item1, records[i].Item2, _story.NowMs),
                isTransactional ? producer : -1, isTransactional ? Outcome.Open : Outcome.Committed));
        }

        if (producer < 0)
            return;
        _sequences[producer] += records.Length;
        _isOpen[producer] = isTransactional;
    }

    private void End(int producer)
    {
        if (!_isOpen[producer])
            return;
        var isCommit = _random.Next(3) > 0;
        _story.Log.AppendMarker(new ProducerStamp(producer, 0), isCommit, coordinatorEpoch: 0).ShouldBe(ErrorCode.None);
        _isOpen[producer] = false;
        for (var i = 0; i < _written.Count; i++)
        {
            if (_written[i].Producer == producer && _written[i].Outcome == Outcome.Open)
                _written[i] = _written[i] with { Outcome = isCommit ? Outcome.Committed : Outcome.Aborted };
        }
    }

    private void Check(PartitionLog log)
    {
        var stable = _written.FirstOrDefault(written => written.Outcome == Outcome.Open)?.Record.Offset ?? log.NextOffset;
        log.LastStableOffset.ShouldBe(stable);
        var committed = log.Records(isCommittedOnly: true);
        var uncommitted = log.Records(isCommittedOnly: false);
        ExpectPartOf(Records(written => written.Outcome == Outcome.Committed && written.Record.Offset < stable), committed);
        ExpectPartOf(Records(_ => true), uncommitted);
        LogReader.Fold(committed).ShouldBe(LogReader.Fold(Records(written => written.Outcome == Outcome.Committed && written.Record.Offset < stable)));
        // What was aborted goes at once; readers of everything must not miss anything else by that.
        var aborted = _written.Where(written => written.Outcome == Outcome.Aborted).Select(written => written.Record.Offset).ToHashSet();
        LogReader.Fold(uncommitted.Where(record => !aborted.Contains(record.Offset)))
            .ShouldBe(LogReader.Fold(Records(written => written.Outcome != Outcome.Aborted)));
        ExpectTombstones(committed, stable);
        ExpectYoung(uncommitted);
        var from = _random.NextInt64(log.NextOffset + 1);
        log.Records(isCommittedOnly: true, from, bytesMax: _random.Next(1, 500), mayDefer: _random.Next(2) == 0).ShouldBe(committed.Where(record => record.Offset >= from));
    }

    private IEnumerable<ReadRecord> Records(Func<Written, bool> which) => _written.Where(which).Select(written => written.Record);

    // Every record that is read is one that was written, at its offset; and offsets rise.
    private static void ExpectPartOf(IEnumerable<ReadRecord> written, List<ReadRecord> read)
    {
        var known = written.ToDictionary(record => record.Offset);
        read.ShouldAllBe(record => known.ContainsKey(record.Offset) && known[record.Offset] == record);
        read.Select(record => record.Offset).ShouldBeInOrder();
        read.Select(record => record.Offset).ShouldBeUnique();
    }

    // A key's newest record is its tombstone: readers have the delete retention to see it, at least.
    private void ExpectTombstones(List<ReadRecord> committed, long stable)
    {
        var visible = committed.Select(record => record.Offset).ToHashSet();
        var newest = _written.Where(written => written.Outcome == Outcome.Committed && written.Record.Offset < stable)
            .GroupBy(written => written.Record.Key).Select(key => key.Last().Record);
        foreach (var record in newest.Where(record => record.Value is null && record.TimestampMs > _story.NowMs - _story.Settings.DeleteRetentionMs))
            visible.ShouldContain(record.Offset);
    }

    private void ExpectYoung(List<ReadRecord> uncommitted)
    {
        if (_story.Settings.MinCompactionLagMs == 0)
            return;
        var visible = uncommitted.Select(record => record.Offset).ToHashSet();
        foreach (var written in _written.Where(written => written.Record.TimestampMs > _story.NowMs - _story.Settings.MinCompactionLagMs))
            visible.ShouldContain(written.Record.Offset);
    }

    private enum Outcome
    {
        Open,
        Committed,
        Aborted,
    }

    private sealed record Written(ReadRecord Record, long Producer, Outcome Outcome);
}
