using System.ComponentModel.DataAnnotations;
using System.Net.Sockets;
using System.Security.Cryptography;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Streaming.Hosting;

namespace Streaming.Cli.Servers;

/// <summary>Runs a server in this process until Ctrl-C or SIGTERM. One line on standard output says that it is ready; its log goes to standard error.</summary>
internal static class ServerRun
{
    /// <returns>The exit code: 0 after it was stopped, 1 when it could not start, with the reason on standard error.</returns>
    public static async Task<int> UntilStoppedAsync<TServer>(
        Func<ILoggerFactory, Task<TServer>> start, Func<TServer, string> sayReady, CancellationToken stopped)
        where TServer : IAsyncDisposable
    {
        using var loggers = LoggerFactory.Create(logging => logging.AddOperatorLog().AddFilter("Streaming", LogLevel.Information)
            .AddConsole((ConsoleLoggerOptions console) => console.LogToStandardErrorThreshold = LogLevel.Trace));
        try
        {
            await using var server = await start(loggers);
            await Console.Out.WriteLineAsync(sayReady(server));
            await Console.Out.FlushAsync(CancellationToken.None);
            await StoppingAsync(stopped);
            return 0;
        }
        catch (OperationCanceledException) when (stopped.IsCancellationRequested)
        {
            return 0;
        }
        catch (Exception cause) when (cause is Failure or ValidationException or IOException or UnauthorizedAccessException or SocketException
            or InvalidOperationException or CryptographicException or KafkaException)
        {
            await Console.Error.WriteLineAsync(cause.Message);
            return 1;
        }
    }

    /// <summary>Takes apart what <c>--listen</c> was given: <c>127.0.0.1:9092</c>, <c>localhost:0</c>, <c>[::1]:9092</c>.</summary>
    /// <exception cref="Failure">It is not a host and a port.</exception>
    public static (string Host, int Port) ParseAddress(string address) =>
        Uri.TryCreate($"tcp://{address}", UriKind.Absolute, out var parsed) && parsed is { Port: >= 0, PathAndQuery: "" or "/", UserInfo: "" }
            ? (parsed.DnsSafeHost, parsed.Port)
            : throw new Failure($"'{address}' is no address: give host:port, such as 127.0.0.1:9092; port 0 takes a free one.");

    private static Task StoppingAsync(CancellationToken stopped)
    {
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        stopped.Register(stopping.SetResult);
        return stopping.Task;
    }
}
