using Streaming.Broker.Log.Compaction;

namespace Streaming.Broker.Tests.Log.Compaction;

public sealed class OffsetMapTests
{
    [Fact]
    public void It_answers_as_a_dictionary_does()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var hasher = KeyHasher.WithNewSecret();
        var map = new OffsetMap(keysMax: 5_000);
        var expected = new Dictionary<int, long>();
        for (long offset = 0; offset < 20_000; offset++)
        {
            var key = random.Next(5_000);
            map.TryPut(hasher.Hash(BitConverter.GetBytes(key)), offset).ShouldBeTrue($"seed {seed}");
            expected[key] = offset;
        }

        map.Count.ShouldBe(expected.Count);
        for (var key = 0; key < 6_000; key++)
            map.Find(hasher.Hash(BitConverter.GetBytes(key))).ShouldBe(expected.TryGetValue(key, out var offset) ? offset : null, $"seed {seed}");
    }

    [Fact]
    public void A_full_map_takes_known_keys_and_refuses_new_ones()
    {
        var map = new OffsetMap(keysMax: 2);
        map.TryPut(new KeyHash(1, 1), 0).ShouldBeTrue();
        map.TryPut(new KeyHash(1, 2), 1).ShouldBeTrue();
        map.TryPut(new KeyHash(1, 3), 2).ShouldBeFalse();
        map.TryPut(new KeyHash(1, 1), 3).ShouldBeTrue();
        (map.Find(new KeyHash(1, 1)), map.Find(new KeyHash(1, 2)), map.Find(new KeyHash(1, 3))).ShouldBe((3, 1, (long?)null));
    }

    [Fact]
    public void Its_memory_is_bound_by_the_budget_and_by_the_records()
    {
        OffsetMapBytes(records: 100, bytesMax: 1_000_000_000).ShouldBeLessThan(10_000);
        OffsetMapBytes(records: 100_000_000, bytesMax: 1_000_000).ShouldBeLessThan(1_100_000);
    }

    private static long OffsetMapBytes(long records, long bytesMax)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        GC.KeepAlive(OffsetMap.For(records, bytesMax));
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
