using System.Buffers.Binary;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Messages;

/// <summary>Requests of every API in every version, as Apache Kafka defines them, and the same damaged. FRAMES_ROUNDS sets how many, FRAMES_SEED repeats them.</summary>
public sealed class FramesTests
{
    private const int AllocatedBytesMax = 100_000_000;
    private static readonly int Rounds = int.TryParse(Environment.GetEnvironmentVariable("FRAMES_ROUNDS"), out var rounds) ? rounds : 2;
    private static readonly int Seed = int.TryParse(Environment.GetEnvironmentVariable("FRAMES_SEED"), out var seed) ? seed : Environment.TickCount;

    [Fact]
    public async Task Every_request_is_answered_as_its_version_is_defined()
    {
        for (var round = 0; round < Rounds; round++)
        {
            await using var target = await TargetBroker.StartAsync(new Random(Seed + round));
            await ThrowAsync(target, Seed + round, async (writer, key, version) =>
            {
                var (frame, _) = writer.Write(key, version);
                var (answers, isClosed) = await target.ExchangeAsync(frame, isPatient: true);
                isClosed.ShouldBeFalse();
                // Produce with acks 0 gets none.
                if (answers.Count > 0 || key != ApiKey.Produce)
                    MessageReader.ReadResponse(answers.ShouldHaveSingleItem(), key, version);
            });
        }
    }

    [Fact]
    public async Task A_damaged_request_costs_its_own_connection_at_most()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var random = new Random(Seed + round);
            var mutator = new FrameMutator(random);
            await using var target = await TargetBroker.StartAsync(random);
            target.Values.OneInOdd = 8;
            await ThrowAsync(target, Seed + round, async (writer, key, version) =>
            {
                var (frame, fieldStarts) = writer.Write(key, version);
                // Some are whole, and only say what nobody would.
                var mutated = random.Next(3) == 0 ? frame : mutator.Mutate(frame, fieldStarts);
                var before = GC.GetTotalAllocatedBytes();
                var (answers, _) = await target.ExchangeAsync(mutated, isPatient: false);
                (GC.GetTotalAllocatedBytes() - before).ShouldBeLessThan(AllocatedBytesMax);
                ExpectDefined(target, mutated, answers);
            });
            await target.ExpectUnharmedAsync();
            await target.RestartAsync(afterCrash: true);
            await target.RestartAsync(afterCrash: false);
        }
    }

    // Frame after frame of every API and version, in an order that differs from round to round.
    private static async Task ThrowAsync(TargetBroker target, int seed, Func<MessageWriter, ApiKey, short, Task> throwOne)
    {
        var random = new Random(seed);
        var writer = new MessageWriter(random, target.Values);
        var all = target.Served.SelectMany(api => Enumerable.Range(api.Lowest, api.Highest - api.Lowest + 1).Select(version => (api.Key, Version: (short)version))).ToArray();
        var last = "the beginning";
        try
        {
            for (var repeated = 0; repeated < 3; repeated++)
            {
                await target.RenewAsync();
                random.Shuffle(all);
                foreach (var (key, version) in all)
                {
                    last = $"{key} v{version}";
                    await throwOne(writer, key, version);
                }

                await target.ExpectUnharmedAsync();
            }
        }
        catch (Exception failed)
        {
            throw new InvalidOperationException($"After {last}: FRAMES_SEED={seed} FRAMES_ROUNDS=1 repeats it.", failed);
        }
    }

    // An answer is whole even when the question was odd. Where the length lied there may be several, and of whatever.
    private static void ExpectDefined(TargetBroker target, byte[] frame, IReadOnlyList<byte[]> answers)
    {
        if (answers.Count != 1 || BinaryPrimitives.ReadInt32BigEndian(frame) != frame.Length - sizeof(int))
            return;
        var key = (ApiKey)BinaryPrimitives.ReadInt16BigEndian(frame.AsSpan(4));
        var version = BinaryPrimitives.ReadInt16BigEndian(frame.AsSpan(6));
        var isServed = target.Served.Any(api => api.Key == key && version >= api.Lowest && version <= api.Highest);
        // KIP-511: the one answer to a version that is not served is in version 0.
        MessageReader.ReadResponse(answers[0], key, isServed ? version : (short)0);
    }
}
