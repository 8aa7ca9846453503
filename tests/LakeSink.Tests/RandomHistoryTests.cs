using Streaming.Lake.Delta;
using Streaming.Lake.Tests.Support;
using Streaming.LakeSink.Tests.Support;
using Streaming.Sinks;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;

namespace Streaming.LakeSink.Tests;

/// <summary>Hosts that write, crash, are overtaken, reset, erase and merge in any order: the lake is always the log, each event once, as it was last derived.</summary>
public sealed class RandomHistoryTests
{
    private static readonly CancellationToken _never = CancellationToken.None;

    [Fact]
    public void Whatever_happens_the_tables_are_the_log() => Seeds.ForEach(80, random => new History(random).RunAsync().GetAwaiter().GetResult());

    private sealed class History(Random random)
    {
        private const int Steps = 40;

        private readonly TestLake _lake = new() { Options = { JudgesSequences = true, SequencesSavedEveryEvents = 7 } };
        private readonly HashSet<string> _erased = [];
        private readonly List<RecordedEvent> _log = [];
        private readonly List<(DeltaSink Sink, Checkpoint Checkpoint, long Next, List<RecordedEvent> Log, HashSet<string> Erased)> _zombies = [];
        private DeltaSink _owner = null!;
        private Checkpoint _checkpoint = null!;
        private long _next;
        private int? _resetTo;

        public async Task RunAsync()
        {
            await TakeAsync();
            for (var step = 0; step < Steps; step++)
                await StepAsync();
            await CatchUpAsync();
            await LookIntoEveryTableAsync();
            (await _lake.StockAsync()).ShouldBe(TestLake.Stock(_log.Where(recorded => !_erased.Contains(recorded.AggregateId))));
            foreach (var table in new[] { "inventory_stock_received", "inventory_stock_sold" })
                (await _lake.CompleteAsync(table) ?? 0).ShouldBeLessThanOrEqualTo(_log.Count);
        }

        /// <summary>A table that only a zombie has written to is set right when it is next told how far it is.</summary>
        private async Task LookIntoEveryTableAsync()
        {
            await RestartAsync();
            await CatchUpAsync();
            _lake.Options.PositionIntervalMs = 0;
            _log.Add(Some.Received("the last", _log.Count) with { Sequence = 1 });
            await CatchUpAsync();
        }

        private Task StepAsync() => random.Next(12) switch
        {
            <= 3 => WriteAsync(),
            4 => CrashAsync(),
            5 => TakeAsync(),
            6 => ZombieAsync(),
            7 => ResetAsync(),
            8 => EraseAsync(),
            9 => MergeAsync(),
            10 => RestartAsync(),
            _ => RepeatAsync(),
        };

        /// <summary>Another host takes the partition over, and the one before does not know.</summary>
        private async Task TakeAsync()
        {
            if (_owner is not null)
                _zombies.Add((_owner, _checkpoint, _next, [.. _log], [.. _erased]));
            _owner = _lake.Host();
            _checkpoint = await TestLake.TakeAsync(_owner);
            _next = _checkpoint.NextOffset;
            await TellErasuresAsync();
        }

        private async Task RestartAsync()
        {
            _owner = _lake.Host();
            _checkpoint = await TestLake.TakeAsync(_owner);
            _next = _checkpoint.NextOffset;
            // The group still stands where it was moved to.
            if (_resetTo is { } to)
                await ResetAsync(to);
            await TellErasuresAsync();
        }

        private async Task WriteAsync()
        {
            Grow(random.Next(1, 15));
            await WriteFromAsync(_owner, _checkpoint, _next, random.Next(1, 20));
            _next = (await NextAsync()) ?? _next;
        }

        /// <summary>The host dies at any of the files that it adds; another one takes over.</summary>
        private async Task CrashAsync()
        {
            Grow(random.Next(1, 15));
            var left = random.Next(0, 5);
            _lake.Memory.BeforeAdd = _ =>
            {
                if (left-- <= 0)
                    throw new IOException("The host is gone.");
            };
            try
            {
                await (random.Next(4) == 0 ? ResetAsync() : WriteFromAsync(_owner, _checkpoint, _next, random.Next(1, 20)));
            }
            catch (Exception cause) when (cause is IOException or AggregateException)
            {
                // As it was to be.
            }
            finally
            {
                _lake.Memory.BeforeAdd = _ => { };
            }
            await RestartAsync();
        }

        /// <summary>One that was overtaken wakes up, and goes on with what it had in hand.</summary>
        private async Task ZombieAsync()
        {
            if (_zombies.Count == 0)
                return;
            var (sink, checkpoint, next, log, erased) = _zombies[random.Next(_zombies.Count)];
            try
            {
                // It knows the log as it was, and derives as was done then.
                var events = log.Where(recorded => recorded.Offset >= next && !erased.Contains(recorded.AggregateId)).Take(random.Next(1, 20)).ToList();
                if (events.Count > 0)
                    await sink.WriteAsync(Some.Batch(checkpoint, events), _never);
            }
            catch (FencedException)
            {
                // As it was to be.
            }
            // What it could still add, the owner stumbles over once, and takes the partition again.
            await RestartAsync();
        }

        private async Task ResetAsync()
        {
            await CatchUpAsync();
            var to = random.Next(0, _log.Count + 1);
            if (to >= _next)
                return;
            // From there on, today's code derives other rows.
            for (var offset = to; offset < _log.Count; offset++)
                _log[offset] = Some.Sold(_log[offset].AggregateId, offset, random.Next(1_000)) with { Sequence = _log[offset].Sequence };
            await ResetAsync(to);
        }

        private async Task ResetAsync(int to)
        {
            _resetTo = to;
            _checkpoint = await _owner.ResetAsync(new Reset(Some.Source(), _next, to, _checkpoint.Fence, new GroupOffsets(to, to)), _never);
            (_next, _resetTo) = (to, null);
        }

        private async Task EraseAsync()
        {
            _erased.Add($"sku-{random.Next(6)}");
            await TellErasuresAsync();
        }

        private Task TellErasuresAsync() => _owner.EraseAsync(Some.Source(), _checkpoint.Fence, [.. _erased.Select(TestLake.Erased)], _never);

        private async Task MergeAsync()
        {
            foreach (var table in new[] { "inventory_stock_received", "inventory_stock_sold" })
            {
                using var opened = new DeltaTable(_lake.Store, $"g1/{table}", _lake.Time, checkpointEvery: 3);
                await Compaction.RunAsync(opened, new(FilesMin: 2), _never);
            }
        }

        private async Task RepeatAsync()
        {
            if (_next > 0)
                await WriteFromAsync(_owner, _checkpoint, Math.Max(0, _next - random.Next(1, 10)), random.Next(10, 20), isRepeat: true);
            _next = (await NextAsync()) ?? _next;
        }

        private async Task CatchUpAsync()
        {
            while (_next < _log.Count)
            {
                await WriteFromAsync(_owner, _checkpoint, _next, 50);
                _next = Math.Max((await NextAsync()) ?? _next, _next);
            }
        }

        private async Task WriteFromAsync(DeltaSink sink, Checkpoint checkpoint, long from, int count, bool isRepeat = false)
        {
            var upTo = (int)Math.Min(_log.Count, Math.Max(from + count, isRepeat ? _next : 0));
            var events = _log.Where(recorded => recorded.Offset >= from && recorded.Offset < upTo && !_erased.Contains(recorded.AggregateId)).ToList();
            if (events.Count > 0)
                await sink.WriteAsync(Some.Batch(checkpoint, events, nextOffset: upTo), _never);
            else if (sink == _owner)
                _next = Math.Max(_next, upTo);
        }

        /// <summary>Where the owner stands, without taking the partition from it.</summary>
        private async Task<long?> NextAsync()
        {
            var newest = _lake.Memory.Paths.Where(path => path.StartsWith("g1/_positions/")).Max(StringComparer.Ordinal);
            return newest is null ? null : Math.Max(_next, Positions.StoredPosition.Parse((await _lake.Store.ReadAsync(newest, _never))!.Value, newest).Checkpoint.NextOffset);
        }

        private void Grow(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var (offset, sku) = (_log.Count, $"sku-{random.Next(6)}");
                var recorded = random.Next(2) == 0 ? Some.Received(sku, offset, random.Next(1_000)) : Some.Sold(sku, offset, random.Next(1_000));
                _log.Add(recorded with { Sequence = _log.Count(earlier => earlier.AggregateId == sku) + 1 });
            }
        }
    }
}
