namespace Streaming.Chaos.Faults;

/// <summary>The faults that a run draws from.</summary>
public static class AllFaults
{
    private static readonly IReadOnlyList<Fault> OfHosts =
    [
        new("kill -9 of a host", KillHostAsync),
        new("pause of a host", PauseHostAsync),
        new("restart of a host", RestartHostAsync),
        new("kill -9 of both hosts", KillBothAsync),
        new("rebalance storm", StormAsync),
    ];

    private static readonly IReadOnlyList<Fault> OfTheBroker =
    [
        new("kill -9 of the broker", KillBrokerAsync),
        new("restart of the broker", RestartBrokerAsync),
    ];

    /// <summary>All that can be done here: a broker that others may use, too, is left alone.</summary>
    public static IReadOnlyList<Fault> Of(Stage stage) => stage.Cluster.IsOurs ? [.. OfHosts, .. OfTheBroker] : OfHosts;

    private static async Task<string> KillHostAsync(Stage stage, Random random, CancellationToken stopping)
    {
        var index = random.Next(stage.Hosts.Count);
        await stage.Hosts[index].KillAsync();
        var down = await WaitAsync(random, secondsMax: 3, stopping);
        stage.Hosts[index].Start();
        return $"host {index}, down for {down.TotalSeconds:0.0} s";
    }

    // Longer than the group waits for a heartbeat in half of the cases: it wakes as the owner of partitions that have moved.
    private static async Task<string> PauseHostAsync(Stage stage, Random random, CancellationToken stopping)
    {
        var index = random.Next(stage.Hosts.Count);
        stage.Hosts[index].Pause();
        try
        {
            var paused = await WaitAsync(random, secondsMax: 14, stopping);
            return $"host {index} for {paused.TotalSeconds:0.0} s";
        }
        finally
        {
            stage.Hosts[index].Resume();
        }
    }

    private static async Task<string> RestartHostAsync(Stage stage, Random random, CancellationToken stopping)
    {
        var index = random.Next(stage.Hosts.Count);
        await stage.Hosts[index].StopAsync();
        stage.Hosts[index].Start();
        return $"host {index}";
    }

    private static async Task<string> KillBothAsync(Stage stage, Random random, CancellationToken stopping)
    {
        await Task.WhenAll(stage.Hosts.Select(host => host.KillAsync()));
        foreach (var host in stage.Hosts)
            host.Start();
        return "both, started again at once";
    }

    private static async Task<string> StormAsync(Stage stage, Random random, CancellationToken stopping)
    {
        var times = random.Next(2, 4);
        for (var i = 0; i < times; i++)
        {
            await using var extra = stage.NewHost();
            extra.Start();
            await WaitAsync(random, secondsMax: 5, stopping);
        }

        return $"a third host came and went {times} times";
    }

    private static async Task<string> KillBrokerAsync(Stage stage, Random random, CancellationToken stopping)
    {
        await stage.Cluster.KillAsync();
        var down = await WaitAsync(random, secondsMax: 3, stopping);
        await stage.Cluster.StartAgainAsync();
        return $"down for {down.TotalSeconds:0.0} s";
    }

    private static async Task<string> RestartBrokerAsync(Stage stage, Random random, CancellationToken stopping)
    {
        await stage.Cluster.StopAsync();
        await stage.Cluster.StartAgainAsync();
        return "stopped and started";
    }

    private static async Task<TimeSpan> WaitAsync(Random random, int secondsMax, CancellationToken stopping)
    {
        var length = TimeSpan.FromMilliseconds(random.Next(secondsMax * 1_000));
        await Rest.ForAsync(length, stopping);
        return length;
    }
}
