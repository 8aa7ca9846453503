using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Streaming.Search;
using Streaming.Search.Host;

// A search node in a process of its own, for tests that kill it and for measurements: data folder, then an address (http://127.0.0.1:0: a free port).
// The address is the first line written; what goes wrong is said on the other stream.
var options = new SearchServerOptions { DataDirectory = args[0] };
if (args.Length > 1)
    options.Url = args[1];
var stopped = new TaskCompletionSource();
using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);

using var loggers = LoggerFactory.Create(logging => logging.AddProvider(new ErrorLines()));
await using var node = await SearchServer.StartAsync(options, loggers);
await Console.Out.WriteLineAsync(node.Url);
await stopped.Task;

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stopped.TrySetResult();
}
