using System.Collections.Concurrent;
using Streaming.Chaos.Clusters;
using Streaming.Chaos.Faults;
using Streaming.Chaos.Workload;
using Streaming.LogChecker;

namespace Streaming.Chaos;

/// <summary>One run: load, faults by a seed for a given time, quiet, and then the checks.</summary>
public sealed class Run(Func<Task<ICluster>> startCluster, int seed, TimeSpan length, TextWriter output)
{
    private const int CallersAtOnce = 8;

    // Well below what two cores can do, so that orders get through between two faults and not only into a backlog.
    private static readonly TimeSpan BetweenCommands = TimeSpan.FromMilliseconds(150);

    // Long enough that work is done between two faults, too, and short enough that the next one meets what the last one left.
    private static readonly TimeSpan BetweenFaultsMax = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan SettleDeadline = TimeSpan.FromMinutes(4);

    private readonly ConcurrentQueue<ToldAnswer> _told = new();
    private readonly long _started = TimeProvider.System.GetTimestamp();

    /// <summary>What was broken, each in one sentence; none when every promise was kept.</summary>
    public async Task<IReadOnlyList<string>> GoAsync(CancellationToken cancellationToken)
    {
        await using var stage = await Stage.StartAsync(await startCluster());
        Say($"{stage.BootstrapServers} and two command hosts run; seed {seed}, {length.TotalSeconds:0} s");
        var shop = new Shop(seed);
        using var caller = new PatientCaller([.. stage.Hosts.Select(host => host.Url)]);
        foreach (var part in new[] { shop.Opening(), shop.Stocking() })
            await Parallel.ForEachAsync(part, AtOnce(cancellationToken), (command, late) => SendAsync(caller, command, late));

        using var closing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var calmed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        closing.CancelAfter(length);
        var load = LoadAsync(caller, shop, calmed.Token, cancellationToken);
        var faults = await GoWrongAsync(stage, closing.Token);
        await stage.AllReadyAsync();
        Say($"everything runs again; the shop stays open for {Calm.TotalSeconds:0} s, then the answers are awaited that are still due");
        calmed.CancelAfter(Calm);
        await load;

        await new Settling(stage, Say).SettleAsync(SettleDeadline, cancellationToken);
        var before = stage.Read(LogCheck.Contexts, cancellationToken);
        await new GroupReset(stage, Say).ToEarliestAsync();
        var after = stage.Read(LogCheck.Contexts, cancellationToken);
        Report(faults, caller.Repeats, after);
        return [.. Unchanged(before, after), .. LogCheck.Violations(after, [.. _told], isSettled: true)];
    }

    private async Task LoadAsync(PatientCaller caller, Shop shop, CancellationToken closing, CancellationToken late)
    {
        var number = 0;
        await Task.WhenAll(Enumerable.Range(0, CallersAtOnce).Select(async _ =>
        {
            while (!closing.IsCancellationRequested)
            {
                await SendAsync(caller, shop.Next(Interlocked.Increment(ref number)), late);
                await Task.Delay(BetweenCommands, TimeProvider.System, late);
            }
        }));
    }

    private async Task<IReadOnlyList<string>> GoWrongAsync(Stage stage, CancellationToken closing)
    {
        var random = new Random(seed);
        var possible = AllFaults.Of(stage);
        var done = new List<string>();
        while (!closing.IsCancellationRequested)
        {
            // The first ones in order, so that a short run has them all; then by chance.
            var fault = possible[done.Count < possible.Count ? done.Count : random.Next(possible.Count)];
            var what = await fault.DoAsync(stage, random, closing);
            Say($"{fault.Name}: {what}");
            done.Add(fault.Name);
            await Rest.ForAsync(random.NextDouble() * BetweenFaultsMax, closing);
        }

        return done;
    }

    private async ValueTask SendAsync(PatientCaller caller, PlannedCommand command, CancellationToken late) => _told.Enqueue(await caller.AskAsync(command, late));

    private static IEnumerable<string> Unchanged(CommittedLog before, CommittedLog after)
    {
        var known = before.Events.Select(logged => logged.EventId).ToHashSet();
        return after.Events.Where(logged => !known.Contains(logged.EventId)).Select(logged => $"{logged} ({logged.Type}) happened because the command groups were reset.");
    }

    private void Report(IReadOnlyList<string> faults, int repeats, CommittedLog log)
    {
        Say("done:");
        foreach (var kind in faults.GroupBy(name => name))
            output.WriteLine($"  {kind.Count(),6} × {kind.Key}");
        output.WriteLine($"  {_told.Count,6} commands answered ({_told.Count(answer => answer.IsAccepted)} accepted, {_told.Count(answer => !answer.IsAccepted)} refused), {repeats} sent again");
        output.WriteLine($"  {log.Events.Count,6} events, {log.Results.Count} results");
        foreach (var outcome in log.Events.Where(logged => logged.Context == "orders").GroupBy(Outcome).OrderBy(outcome => outcome.Key))
            output.WriteLine($"  {outcome.Count(),6} × {outcome.Key}");
        output.WriteLine("checked: sequences, one outcome per command, answers as told, balances, whole orders, nothing done twice after a reset to earliest");
    }

    private static string Outcome(LoggedEvent logged) => logged.Name == "OrderRejected" ? $"OrderRejected ({logged.Fields.Text("code")})" : logged.Name;

    private void Say(string what) => output.WriteLine($"{TimeProvider.System.GetElapsedTime(_started):mm\\:ss\\.f}  {what}");

    private static ParallelOptions AtOnce(CancellationToken cancellationToken) => new() { MaxDegreeOfParallelism = CallersAtOnce, CancellationToken = cancellationToken };
}
