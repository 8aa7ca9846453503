namespace Streaming.Broker.Tests.Log.Compaction;

public sealed class CompactionPropertyTests
{
    private static readonly int Rounds = int.TryParse(Environment.GetEnvironmentVariable("COMPACTION_ROUNDS"), out var rounds) ? rounds : 3;

    [Fact]
    public async Task Whatever_happened_the_compacted_log_says_the_same()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("COMPACTION_SEED"), out var given) ? given : Environment.TickCount;
        for (var round = 0; round < Rounds; round++)
        {
            await using var history = new CompactionHistory(seed + round);
            try
            {
                await history.RunAsync(steps: 150);
            }
            catch (Exception failed)
            {
                throw new InvalidOperationException($"COMPACTION_SEED={seed + round} COMPACTION_ROUNDS=1 repeats it.", failed);
            }
        }
    }
}
