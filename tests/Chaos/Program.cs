using System.Globalization;
using Streaming.Chaos;
using Streaming.Chaos.Clusters;

// SEED chooses what goes wrong and when, SECONDS for how long, STREAMING_KAFKA a running cluster instead of a broker of our own.
var seed = Seeds.Next();
var seconds = Environment.GetEnvironmentVariable("SECONDS") is { Length: > 0 } length ? int.Parse(length, CultureInfo.InvariantCulture) : 120;
using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    interrupted.Cancel();
};

var kafka = Environment.GetEnvironmentVariable("STREAMING_KAFKA");
Func<Task<ICluster>> cluster = string.IsNullOrEmpty(kafka) ? EmbeddedCluster.StartAsync : () => Task.FromResult<ICluster>(new RunningCluster(kafka));
var violations = await new Run(cluster, seed, TimeSpan.FromSeconds(seconds), Console.Out).GoAsync(interrupted.Token);
foreach (var violation in violations)
    Console.WriteLine(violation);
Console.WriteLine(violations.Count == 0 ? "Every promise was kept." : $"{violations.Count} broken. Again: make chaos SEED={seed} SECONDS={seconds}");
return violations.Count == 0 ? 0 : 1;
