using Streaming.Chaos;
using Streaming.Chaos.Clusters;
using Streaming.Chaos.ReadSide;
using Streaming.Sinks.Simulation;

// SEED chooses what goes wrong and when; SECONDS for how long on the write side, ROUNDS how many rounds of the sinks with real processes, SIMULATED how
// many simulated ones; STREAMING_KAFKA a running cluster instead of brokers of our own. Arguments name the parts; none means all.
var seed = Seeds.Next();
using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    interrupted.Cancel();
};

var broken = 0;
foreach (var (name, run) in new (string, Func<Task<IReadOnlyList<string>>>)[] { ("write", WriteSideAsync), ("read", ReadSideAsync), ("simulated", SimulatedAsync) })
{
    if (args.Length > 0 && !args.Contains(name))
        continue;
    var violations = await run();
    foreach (var violation in violations)
        Console.WriteLine(violation);
    Console.WriteLine((violations.Count, interrupted.IsCancellationRequested) switch
    {
        (0, false) => "Every promise was kept.",
        (0, true) => "Interrupted; no promise was broken until then.",
        _ => $"{violations.Count} broken. Again: make chaos SEED={seed} SECONDS={Seeds.Number("SECONDS", 120)} ROUNDS={Seeds.Number("ROUNDS", 50)}",
    });
    broken += violations.Count;
}

return broken == 0 ? 0 : 1;

static Task<ICluster> ClusterAsync() =>
    Environment.GetEnvironmentVariable("STREAMING_KAFKA") is { Length: > 0 } kafka ? Task.FromResult<ICluster>(new RunningCluster(kafka)) : EmbeddedCluster.StartAsync();

async Task<IReadOnlyList<string>> WriteSideAsync()
{
    Console.WriteLine("The write side:");
    return await new Run(ClusterAsync, seed, TimeSpan.FromSeconds(Seeds.Number("SECONDS", 120)), Console.Out).GoAsync(interrupted.Token);
}

async Task<IReadOnlyList<string>> ReadSideAsync()
{
    Console.WriteLine("The read side, the three sinks as processes:");
    return await new ReadRun(ClusterAsync, seed, Seeds.Number("ROUNDS", 50), Console.Out).GoAsync(interrupted.Token);
}

Task<IReadOnlyList<string>> SimulatedAsync()
{
    var count = Seeds.Number("SIMULATED", 1_000);
    Console.WriteLine($"The sinks' worker on simulated destinations, {count} rounds from seed {seed} on:");
    var results = Rounds.Run(seed, count, Console.Out, interrupted.Token);
    Console.WriteLine("checked: every destination equals the fold of the log, row by row; no dead letter is left, and none was discarded unasked");
    return Task.FromResult<IReadOnlyList<string>>([.. results.Select(result => result.ToString())]);
}
