namespace Streaming.Broker.Tests.Messages;

/// <summary>Rounds of random things thrown at a broker. FRAMES_ROUNDS sets how many, FRAMES_SEED repeats them.</summary>
internal static class Storm
{
    private const int AllocatedBytesMax = 100_000_000;
    private static readonly int Rounds = int.TryParse(Environment.GetEnvironmentVariable("FRAMES_ROUNDS"), out var rounds) ? rounds : 2;
    private static readonly int Seed = int.TryParse(Environment.GetEnvironmentVariable("FRAMES_SEED"), out var seed) ? seed : Environment.TickCount;

    /// <summary>Each round gets a seed of its own, which its failure tells.</summary>
    public static async Task RageAsync(Func<int, Task> round)
    {
        for (var seed = Seed; seed != Seed + Rounds; seed++)
        {
            try
            {
                await round(seed);
            }
            catch (Exception failed)
            {
                throw new InvalidOperationException($"FRAMES_SEED={seed} FRAMES_ROUNDS=1 repeats it.", failed);
            }
        }
    }

    /// <summary>What one thing costs the broker, and whoever throws it, is bounded.</summary>
    public static async Task<T> WithinMemoryAsync<T>(Func<Task<T>> throwOne)
    {
        var before = GC.GetTotalAllocatedBytes();
        var result = await throwOne();
        (GC.GetTotalAllocatedBytes() - before).ShouldBeLessThan(AllocatedBytesMax);
        return result;
    }
}
