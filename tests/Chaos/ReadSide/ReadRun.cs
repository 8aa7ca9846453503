using Streaming.Chaos.Clusters;
using Streaming.Chaos.Faults;
using Streaming.Chaos.ReadSide.Destinations;
using Streaming.Chaos.ReadSide.Faults;
using Streaming.Chaos.ReadSide.Log;
using Streaming.Chaos.ReadSide.Servers;
using Streaming.Sinks.Events;

namespace Streaming.Chaos.ReadSide;

/// <summary>Rounds of faults for the three sinks as real processes. Each adds events, ends in quiet, and then every destination must equal the fold of the
/// log, row by row and document by document; nothing is cleared in between.</summary>
/// <param name="startCluster">Called for each stage.</param>
/// <param name="provesAnew">In the end of each stage, a second generation of each destination is derived and compared with the live one.</param>
public sealed class ReadRun(Func<Task<ICluster>> startCluster, int seed, int rounds, TextWriter output, bool provesAnew = true)
{
    /// <summary>Then another stage is set: the first has its lake in a bucket, the next in a folder, and so on.</summary>
    private const int RoundsPerStage = 25;

    private const int RoundsMax = 10_000;
    private const int ChunkMax = 30;
    private const int OneAbortedOf = 7;
    private const int OneBrokerKilledOf = 3;
    private const int OutputLines = 40;
    private static readonly TimeSpan WritingTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SettleDeadline = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan EqualDeadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly List<string> _faults = [];
    private readonly long _started = TimeProvider.System.GetTimestamp();

    /// <summary>What was broken, each in a few lines; none when every promise was kept.</summary>
    public async Task<IReadOnlyList<string>> GoAsync(CancellationToken cancellationToken)
    {
        var violations = new List<string>();
        try
        {
            for (var first = 1; first <= rounds && violations.Count == 0; first += RoundsPerStage)
                violations.AddRange(await StageAsync(first, Math.Min(rounds, first + RoundsPerStage - 1), cancellationToken));
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // Whoever pressed Ctrl-C has interrupted hosts and servers, too: whatever goes wrong then says nothing.
            Say("interrupted");
        }

        foreach (var kind in _faults.GroupBy(name => name).OrderBy(kind => kind.Key, StringComparer.Ordinal))
            output.WriteLine($"  {kind.Count(),6} × {kind.Key}");
        return violations;
    }

    private async Task<IReadOnlyList<string>> StageAsync(int first, int last, CancellationToken cancellationToken)
    {
        var lake = (first / RoundsPerStage) % 2 == 0 ? await LakePlace.InBucketAsync() : LakePlace.InFolder();
        await using var stage = await ReadStage.StartAsync(await startCluster(), lake);
        Say($"{stage.Cluster.BootstrapServers}, PostgreSQL, a search node, {lake} and two hosts of each sink run; seed {seed}, rounds {first} to {last}");
        var plan = new EventPlan();
        var lanes = FaultLane.Of(stage);
        for (var round = first; round <= last; round++)
        {
            var random = new Random(unchecked((seed * RoundsMax) + round));
            try
            {
                await GoWrongAsync(stage, lanes, plan.Round(round, random), random, cancellationToken);
                await CompareAsync(stage, $"round {round}", cancellationToken);
            }
            catch (Exception broken) when (!cancellationToken.IsCancellationRequested)
            {
                return [$"seed {seed}, round {round}: {(broken is DestinationDiffersException ? broken.Message : broken)}\n{string.Join('\n', stage.Sinks.Select(sink => sink.Output(OutputLines)))}"];
            }
        }

        Say($"{stage.Writer.Counts.Aborted} transactions aborted on purpose, {stage.Writer.Counts.Doubtful} tried again; {stage.Sinks.Sum(sink => sink.EndedCount)} hosts ended by themselves");
        return provesAnew ? await ProveAsync(stage, cancellationToken) : [];
    }

    private async Task GoWrongAsync(ReadStage stage, IReadOnlyList<FaultLane> lanes, List<PlannedEvent> events, Random random, CancellationToken cancellationToken)
    {
        var seeds = lanes.Select(_ => random.Next()).ToList();
        var killsBroker = stage.Cluster.IsOurs && random.Next(OneBrokerKilledOf) == 0;
        var writing = WriteAsync(stage, events, new Random(random.Next()), cancellationToken);
        var wrong = lanes.Select((lane, i) => lane.RunAsync(new Random(seeds[i]), cancellationToken)).ToList();
        if (killsBroker)
            wrong.Add(KillBrokerAsync(stage, random, cancellationToken));
        await Task.WhenAll([writing, .. wrong]);
        stage.Calm();
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var (fault, what) in (await Task.WhenAll(wrong)).SelectMany(faults => faults))
        {
            _faults.Add(fault);
            Say($"  {fault}: {what}");
        }
    }

    private static Task WriteAsync(ReadStage stage, List<PlannedEvent> events, Random random, CancellationToken cancellationToken) => Task.Run(async () =>
    {
        var pause = WritingTime * ChunkMax / Math.Max(1, events.Count);
        for (var next = 0; next < events.Count;)
        {
            var chunk = events.GetRange(next, Math.Min(random.Next(1, ChunkMax), events.Count - next));
            stage.Writer.Write(chunk, abortsFirst: random.Next(OneAbortedOf) == 0, cancellationToken);
            next += chunk.Count;
            await Rest.ForAsync(random.NextDouble() * pause, cancellationToken);
        }
    }, cancellationToken);

    private static async Task<IReadOnlyList<(string Fault, string What)>> KillBrokerAsync(ReadStage stage, Random random, CancellationToken stopping)
    {
        await HostFaults.RestAsync(random, 5_000, stopping);
        await stage.Cluster.KillAsync();
        var down = await HostFaults.RestAsync(random, 2_000, stopping);
        await stage.Cluster.StartAgainAsync();
        return [("kill -9 of the broker", $"down for {down}")];
    }

    private async Task CompareAsync(ReadStage stage, string when, CancellationToken cancellationToken)
    {
        await SettledAsync(stage, cancellationToken);
        var log = stage.Log.Read(cancellationToken);
        var compared = await Task.WhenAll(stage.Sinks.Select(sink => EqualAsync(stage, sink, log, cancellationToken)));
        Say($"{when}: {log.Count} events; equal: {compared[0].Count} rows, {compared[1].Count} documents, {compared[2].Count} rows of the lake");
    }

    private static async Task SettledAsync(ReadStage stage, CancellationToken cancellationToken)
    {
        string? unsettled = null;
        var deadline = TimeProvider.System.GetUtcNow() + SettleDeadline;
        while (TimeProvider.System.GetUtcNow() < deadline)
        {
            stage.Calm();   // A host that was fenced may end later, too.
            unsettled = null;
            foreach (var sink in stage.Sinks)
                unsettled ??= await sink.UnsettledAsync();
            if (unsettled is null)
                return;
            await Task.Delay(Look, TimeProvider.System, cancellationToken);
        }

        throw new DestinationDiffersException($"not settled within {SettleDeadline.TotalSeconds:0} s: {unsettled}");
    }

    private static async Task<Compared> EqualAsync(ReadStage stage, SinkHosts sink, IReadOnlyList<RecordedEvent> log, CancellationToken cancellationToken)
    {
        var deadline = TimeProvider.System.GetUtcNow() + EqualDeadline;
        while (true)
        {
            // What was asked just now may be on its way; what is wrong stays wrong.
            var compared = await stage.Comparisons[sink].CompareAsync(log, cancellationToken);
            if (compared.Difference is null)
                return compared;
            if (TimeProvider.System.GetUtcNow() > deadline)
                throw new DestinationDiffersException($"{sink.Name} differs from the fold of the log: {compared.Difference}");
            await Task.Delay(Look, TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>What is live must equal what is derived anew, and nothing may wait among dead letters.</summary>
    private async Task<IReadOnlyList<string>> ProveAsync(ReadStage stage, CancellationToken cancellationToken)
    {
        var violations = new List<string>();
        foreach (var name in stage.Sinks.Select(sink => sink.Name))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var letters = await stage.Streamctl.RunAsync("dlq", "list", name, "--json");
            if (letters.ExitCode != 0 || letters.Output.Trim() != "[]")
                violations.Add($"seed {seed}: {name} has dead letters: {letters}");
            foreach (var step in new[] { "rebuild", "verify" })
            {
                var run = await stage.Streamctl.RunAsync("sinks", step, name);
                if (run.ExitCode != 0)
                    violations.Add($"seed {seed}: streamctl sinks {step} {name}: {run}");
            }
        }

        await CompareAsync(stage, "with a second generation of each beside it", cancellationToken);
        if (violations.Count == 0)
            Say("streamctl sinks verify: what is live equals what was derived anew, in all three; no dead letter waits");
        return violations;
    }

    private void Say(string what) => output.WriteLine($"{TimeProvider.System.GetElapsedTime(_started):mm\\:ss\\.f}  {what}");
}

/// <summary>A destination is not what the log says.</summary>
internal sealed class DestinationDiffersException(string message) : Exception(message);
