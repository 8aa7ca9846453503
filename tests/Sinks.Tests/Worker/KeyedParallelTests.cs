using System.Collections.Concurrent;
using Streaming.Sinks.Events;
using Streaming.Sinks.Handling;
using Streaming.Sinks.Tests.Support;

namespace Streaming.Sinks.Tests.Worker;

public sealed class KeyedParallelTests
{
    [Fact]
    public async Task Events_of_an_aggregate_keep_their_order_and_others_do_not_wait_for_them()
    {
        var events = await EventsAsync("a", "b", "a", "b", "a", "c");
        var handled = new ConcurrentQueue<long>();
        var gate = new TaskCompletionSource();

        var running = KeyedParallel.ForEachAsync(events, lanesMax: 3, async (recorded, _) =>
        {
            if (recorded.AggregateId == "a")
                await gate.Task;
            handled.Enqueue(recorded.Offset);
            if (handled.Count == 3)
                gate.TrySetResult();
        }, CancellationToken.None);
        await running;

        handled.Where(offset => events[(int)offset].AggregateId == "a").ShouldBe([0, 2, 4]);
        handled.Where(offset => events[(int)offset].AggregateId == "b").ShouldBe([1, 3]);
        handled.Count.ShouldBe(6);
    }

    [Fact]
    public async Task A_failure_stops_its_own_aggregate_and_is_the_earliest_that_is_thrown()
    {
        var events = await EventsAsync("a", "b", "a", "b", "c");
        var handled = new ConcurrentQueue<long>();

        var failure = await Should.ThrowAsync<PoisonEventException>(KeyedParallel.ForEachAsync(events, lanesMax: 2, (recorded, _) =>
        {
            if (recorded.Offset is 0 or 3)
                throw new PoisonEventException(recorded.Offset, "bad");
            handled.Enqueue(recorded.Offset);
            return Task.CompletedTask;
        }, CancellationToken.None));

        failure.Offset.ShouldBe(0);
        handled.Order().ShouldBe([1, 4]);
    }

    private static async Task<List<RecordedEvent>> EventsAsync(params string[] aggregates)
    {
        var decoder = new SomeRecords();
        var events = new List<RecordedEvent>();
        for (var i = 0; i < aggregates.Length; i++)
            events.Add(await decoder.DecodeAsync(SomeRecords.Of(aggregates[i], i), CancellationToken.None));
        return events;
    }
}
