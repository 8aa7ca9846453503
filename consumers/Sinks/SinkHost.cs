using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Hosting;
using Streaming.Sinks.DryRuns;

namespace Streaming.Sinks;

/// <summary>A host of a sink or handler: runs it, or with <c>--dry-run [--from earliest|time] [--max N]</c> tries it on history and writes nothing.</summary>
public static class SinkHost
{
    /// <summary>A builder with what every host of the pipeline does alike.</summary>
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        var builder = WebApplication.CreateBuilder(DryRunArguments.ToSettings(args));
        builder.AddStreamingHost();
        return builder;
    }

    /// <summary>Runs the host until it is stopped; in a dry run nothing of it is started, neither its server nor its worker.</summary>
    /// <returns>What the process exits with.</returns>
    public static async Task<int> RunSinkHostAsync(this WebApplication app)
    {
        if (!app.Configuration.GetValue<bool>($"{DryRunOptions.Section}:{nameof(DryRunOptions.IsOn)}"))
            return await app.RunStreamingHostAsync();

        await using var _ = app;
        if (!await app.HasValidOptionsAsync())
            return 1;
        using var stopping = new CancellationTokenSource();
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stopping.Cancel();
        }

        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        return await app.Services.GetRequiredService<DryRun>().RunAsync(Console.Out, stopping.Token);
    }
}
