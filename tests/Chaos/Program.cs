using Streaming.Chaos;
using Streaming.Chaos.Clusters;
using Streaming.Sinks.Simulation;

// SEED chooses what goes wrong and when; SECONDS for how long on the write side, ROUNDS how many rounds of the sinks with real processes, SIMULATED how
// many simulated ones; STREAMING_KAFKA a running cluster instead of a broker of our own. Arguments name the parts; none means all.
var seed = Seeds.Next();
using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    interrupted.Cancel();
};

var broken = 0;
foreach (var (name, run) in new (string, Func<Task<IReadOnlyList<string>>>)[] { ("write", WriteSideAsync), ("simulated", SimulatedAsync) })
{
    if (args.Length > 0 && !args.Contains(name))
        continue;
    var violations = await run();
    foreach (var violation in violations)
        Console.WriteLine(violation);
    Console.WriteLine(violations.Count == 0 ? "Every promise was kept." : $"{violations.Count} broken. Again: make chaos SEED={seed} SECONDS={Seeds.Number("SECONDS", 120)}");
    broken += violations.Count;
}

return broken == 0 ? 0 : 1;

async Task<IReadOnlyList<string>> WriteSideAsync()
{
    Console.WriteLine("The write side:");
    var kafka = Environment.GetEnvironmentVariable("STREAMING_KAFKA");
    Func<Task<ICluster>> cluster = string.IsNullOrEmpty(kafka) ? EmbeddedCluster.StartAsync : () => Task.FromResult<ICluster>(new RunningCluster(kafka));
    return await new Run(cluster, seed, TimeSpan.FromSeconds(Seeds.Number("SECONDS", 120)), Console.Out).GoAsync(interrupted.Token);
}

Task<IReadOnlyList<string>> SimulatedAsync()
{
    var count = Seeds.Number("SIMULATED", 1_000);
    Console.WriteLine($"The sinks' worker on simulated destinations, {count} rounds from seed {seed} on:");
    var results = Rounds.Run(seed, count, Console.Out, interrupted.Token);
    Console.WriteLine("checked: every destination equals the fold of the log, row by row; no dead letter is left, and none was discarded unasked");
    return Task.FromResult<IReadOnlyList<string>>([.. results.Select(result => result.ToString())]);
}
