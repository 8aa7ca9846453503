using Streaming.Chaos.Faults;
using Streaming.Fixtures;

namespace Streaming.Chaos.ReadSide.Faults;

/// <summary>What happens to the hosts of a sink.</summary>
internal static class HostFaults
{
    // Behind the session time-out, in which the group waits for a heartbeat.
    private const int ZombieMs = 6_500;

    public static readonly IReadOnlyList<ReadFault> All =
    [
        new("kill -9 of a host", KillAsync),
        new("a zombie wakes late", WakeLateAsync),
        new("a zombie wakes beside its substitute", SubstituteAsync),
        new("kill -9 of both hosts", KillBothAsync),
        new("a third host comes and goes", ThirdAsync),
        new("a pause", PauseAsync),
    ];

    private static async Task<string> KillAsync(ReadStage stage, SinkHosts sink, Random random, CancellationToken stopping)
    {
        var index = random.Next(sink.All.Count);
        await EndAsync(sink.All[index]);
        var down = await RestAsync(random, 2_000, stopping);
        sink.StartEnded();
        return $"host {index}, down for {down}";
    }

    private static async Task<string> KillBothAsync(ReadStage stage, SinkHosts sink, Random random, CancellationToken stopping)
    {
        await Task.WhenAll(sink.All.Select(EndAsync));
        sink.StartEnded();
        return "both, started again at once";
    }

    /// <summary>Its partitions have moved to the other host, which has gone on, when it wakes with a batch in hand.</summary>
    private static Task<string> WakeLateAsync(ReadStage stage, SinkHosts sink, Random random, CancellationToken stopping) =>
        PauseAsync(sink, random, ZombieMs, ZombieMs + 1_000, stopping);

    /// <summary>Another host takes its place under its name, and then it wakes.</summary>
    private static async Task<string> SubstituteAsync(ReadStage stage, SinkHosts sink, Random random, CancellationToken stopping)
    {
        var index = random.Next(sink.All.Count);
        if (!sink.All[index].IsRunning)
            return "it had ended";
        sink.All[index].Pause();
        await using var zombie = sink.Replace(index);
        var asleep = await RestAsync(random, 4_000, stopping);
        zombie.Resume();
        var awake = await RestAsync(random, 2_000, stopping);
        return $"host {index} woke after {asleep}, and was left alone for {awake}";
    }

    private static async Task<string> ThirdAsync(ReadStage stage, SinkHosts sink, Random random, CancellationToken stopping)
    {
        await using var third = sink.NewHost(random.Next(2) == 0 ? "c" : null);
        third.Start();
        var there = await RestAsync(random, 4_000, stopping);
        if (random.Next(2) == 0 || !third.IsRunning)
            return $"there for {there}, and killed";
        await third.StopAsync();
        return $"there for {there}, and stopped";
    }

    private static Task<string> PauseAsync(ReadStage stage, SinkHosts sink, Random random, CancellationToken stopping) => PauseAsync(sink, random, 0, 3_000, stopping);

    private static async Task<string> PauseAsync(SinkHosts sink, Random random, int msMin, int msMax, CancellationToken stopping)
    {
        var index = random.Next(sink.All.Count);
        var host = sink.All[index];
        if (!host.IsRunning)
            return "it had ended";
        host.Pause();
        try
        {
            var length = TimeSpan.FromMilliseconds(random.Next(msMin, msMax));
            await Rest.ForAsync(length, stopping);
            return $"host {index} for {length.TotalSeconds:0.0} s";
        }
        finally
        {
            host.Resume();
        }
    }

    private static Task EndAsync(HostProcess host) => host.IsRunning ? host.KillAsync() : Task.CompletedTask;

    /// <summary>Lets some time pass; says how much.</summary>
    internal static async Task<string> RestAsync(Random random, int msMax, CancellationToken stopping)
    {
        var length = TimeSpan.FromMilliseconds(random.Next(msMax));
        await Rest.ForAsync(length, stopping);
        return $"{length.TotalSeconds:0.0} s";
    }
}
