using System.Globalization;
using System.Runtime.InteropServices;
using Streaming.Broker;

// A broker in a process of its own, for tests that kill it and for measurements: data folder, then a port (0: a free one), then how often it compacts, in ms.
// The bootstrap servers are the first line written.
var options = new BrokerOptions { DataDirectory = args[0], Port = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 0 };
if (args.Length > 2)
    options.Compaction.IntervalMs = int.Parse(args[2], CultureInfo.InvariantCulture);
var stopped = new TaskCompletionSource();
using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);

await using var broker = await EmbeddedBroker.StartAsync(options);
await Console.Out.WriteLineAsync(broker.BootstrapServers);
await stopped.Task;

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stopped.TrySetResult();
}
