using Streaming.Chaos.ReadSide.Servers;

namespace Streaming.Chaos.ReadSide.Faults;

/// <summary>What happens to where a sink writes.</summary>
internal static class DestinationFaults
{
    private const int TroubleCount = 12;

    public static readonly IReadOnlyList<ReadFault> OfTables =
    [
        Kill("PostgreSQL", stage => stage.Database),
        Restart("PostgreSQL", stage => stage.Database),
        new("every connection to PostgreSQL is ended", DisconnectAsync),
    ];

    public static readonly IReadOnlyList<ReadFault> OfDocuments =
    [
        Kill("the search node", stage => stage.Search),
        new("429, 503, partial failures and cut connections of the search node", TroubleSearchAsync),
        Restart("the search node", stage => stage.Search),
    ];

    public static readonly IReadOnlyList<ReadFault> OfBucket =
    [
        new("500, 503 and cut connections of S3", TroubleBucketAsync),
        new("S3 is away", BucketAwayAsync),
    ];

    private static ReadFault Kill(string what, Func<ReadStage, IRestarted> find) => new($"kill -9 of {what}", async (stage, _, random, stopping) =>
    {
        await find(stage).KillAsync();
        var down = await HostFaults.RestAsync(random, 2_000, stopping);
        await find(stage).StartAgainAsync();
        return $"down for {down}";
    });

    private static ReadFault Restart(string what, Func<ReadStage, IRestarted> find) => new($"a restart of {what}", async (stage, _, _, _) =>
    {
        await find(stage).StopAsync();
        await find(stage).StartAgainAsync();
        return "stopped and started";
    });

    private static async Task<string> DisconnectAsync(ReadStage stage, SinkHosts sink, Random random, CancellationToken stopping)
    {
        var (times, count) = (random.Next(2, 6), 0);
        for (var i = 0; i < times; i++)
        {
            count += await stage.Database.DisconnectAllAsync(CancellationToken.None);
            await HostFaults.RestAsync(random, 600, stopping);
        }

        return $"{count} of them";
    }

    private static async Task<string> TroubleSearchAsync(ReadStage stage, SinkHosts sink, Random random, CancellationToken stopping)
    {
        stage.Search.Front.Trouble(random.Next(), TroubleCount);
        await HostFaults.RestAsync(random, 3_000, stopping);
        return $"{TroubleCount} calls";
    }

    private static async Task<string> TroubleBucketAsync(ReadStage stage, SinkHosts sink, Random random, CancellationToken stopping)
    {
        stage.Lake.Front!.Trouble(random.Next(), TroubleCount * 3);     // The client tries each several times.
        await HostFaults.RestAsync(random, 3_000, stopping);
        return $"{TroubleCount * 3} calls";
    }

    private static async Task<string> BucketAwayAsync(ReadStage stage, SinkHosts sink, Random random, CancellationToken stopping)
    {
        stage.Lake.Front!.IsAway = true;
        try
        {
            return $"for {await HostFaults.RestAsync(random, 3_000, stopping)}";
        }
        finally
        {
            stage.Lake.Front.IsAway = false;
        }
    }
}
