using System.Diagnostics;
using Streaming.Fixtures;

namespace Streaming.Benchmarks.Brokers;

/// <summary>The embedded broker in a process of its own, so that neither side takes the other's garbage collector for the network.</summary>
internal sealed class BrokerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly TempFolder _data;

    private BrokerProcess(Process process, TempFolder data, string bootstrapServers) => (_process, _data, BootstrapServers) = (process, data, bootstrapServers);

    public string BootstrapServers { get; }

    public static async Task<BrokerProcess> StartAsync()
    {
        const string name = "Streaming.Broker.Host";
        var data = new TempFolder("bench-broker");
        var assembly = Path.Combine(Repository.Root!, "artifacts", "bin", name, "release", name + ".dll");
        var process = Process.Start(new ProcessStartInfo("dotnet", [assembly, data.Path]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var bootstrapServers = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The broker did not start.");
        return new BrokerProcess(process, data, bootstrapServers);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _data.Dispose();
    }
}
