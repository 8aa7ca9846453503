using Streaming.CommandHost.Reading;
using Streaming.Contracts.Envelope;

namespace Streaming.CommandHost.Tests.Reading;

public sealed class EventOffsetsTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_range_of_offsets_comes_back()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var offset = random.NextInt64(1L << random.Next(62));
        var (all, offsets) = (new List<long> { offset }, new EventOffsets(offset));
        for (var i = 0; i < 300; i++)
        {
            offset += 1 + random.NextInt64(1L << random.Next(1, 50));
            offsets.Add(offset);
            all.Add(offset);
        }

        offsets.Version.ShouldBe(all.Count);
        for (var i = 0; i < 200; i++)
        {
            var (from, count) = (random.Next(1, all.Count + 5), random.Next(0, all.Count));
            offsets.From(from, count).ShouldBe([.. all.Skip(from - 1).Take(count)]);
        }
    }

    [Fact]
    public void An_event_takes_few_bytes()
    {
        const int aggregates = 50_000, eventsEach = 20;   // So many that what other tests allocate meanwhile does not count.
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var index = new EventIndex();
        var ids = Enumerable.Range(0, aggregates).Select(i => $"SKU-{i}").ToArray();
        var ownBytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        var offset = 0L;
        for (var sequence = 1; sequence <= eventsEach; sequence++)
        {
            foreach (var id in ids)
                index.Add(new EventKey(id, sequence), offset++).ShouldBeTrue();
        }

        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before - ownBytes;
        var perEvent = (double)bytes / (aggregates * eventsEach);
        output.WriteLine($"{perEvent:0.0} bytes per event, {bytes / (double)aggregates:0} per aggregate of {eventsEach} events");
        perEvent.ShouldBeLessThan(12);
        GC.KeepAlive(ids);
        GC.KeepAlive(index);
    }
}
