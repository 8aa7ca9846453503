using Streaming.Avro;
using Streaming.Avro.Binary;
using Streaming.Contracts;
using Streaming.Contracts.Fulfilment;
using Streaming.Domain.Orders;

namespace Streaming.Domain.Tests.Fulfilment;

/// <summary>What holds in any world, at any moment. A failure names its seed: FULFILMENT_SEED replays it.</summary>
public sealed class FulfilmentWorldTests
{
    private const int Worlds = 600;

    [Fact]
    public void In_any_world_money_and_goods_add_up_at_any_moment_and_every_order_comes_to_an_end()
    {
        var seen = new Dictionary<string, int>();
        foreach (var seed in Seeds())
        {
            var (world, wrong) = new WorldFate(seed).Run();
            if (wrong is not null)
                Assert.Fail($"FULFILMENT_SEED={seed}: {wrong}\n{string.Join('\n', world.Log.TakeLast(60))}");
            foreach (var end in world.Orders.Values.Select(order => order.Status.ToString()).Concat(world.Log.Select(happened => happened.GetType().Name)))
                seen[end] = seen.GetValueOrDefault(end) + 1;
        }
        // Worlds in which nothing ever went wrong, or right, would prove little.
        if (Replayed is null)
        {
            string[] all =
            [
                nameof(OrderStatus.Accepted), nameof(OrderStatus.Rejected), nameof(OrderStatus.Cancelled), nameof(OrderStatus.Revoked),
                .. typeof(FulfilmentEvent).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(FulfilmentEvent))).Select(type => type.Name),
            ];
            all.Where(name => !seen.ContainsKey(name)).ShouldBeEmpty();
        }
    }

    [Fact]
    public void Whatever_happens_survives_the_wire()
    {
        foreach (var happened in Seeds().Take(50).SelectMany(seed => new WorldFate(seed).Run().World.Log))
            Decoded(happened).ShouldBe(happened);
    }

    private static IAvroRecord Decoded(IAvroRecord record)
    {
        var reader = new AvroReader(AvroEncoding.EncodeToArray(record));
        return AvroRecords.All.Single(type => type.ClrType == record.GetType()).Decode(ref reader);
    }

    private static string? Replayed => Environment.GetEnvironmentVariable("FULFILMENT_SEED");

    private static IEnumerable<int> Seeds() =>
        Replayed is { } seed ? [int.Parse(seed)] : Enumerable.Range(Environment.TickCount & 0xFFFFFF, Worlds);
}
