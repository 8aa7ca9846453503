using System.Diagnostics;

namespace Streaming.CommandHost.Tests;

/// <summary>What a host says that cannot start.</summary>
public sealed class WrongOptionsTests
{
    [Fact]
    public async Task A_wrong_option_is_named_once_and_nothing_else_is_said()
    {
        var start = new ProcessStartInfo("dotnet", [HostProcess.AssemblyOf("Streaming.CommandHost")]) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["Kafka__BootstrapServers"] = "127.0.0.1:1";
        start.Environment["SchemaRegistry__Url"] = "http://127.0.0.1:1";
        start.Environment["RiskCheck__Url"] = "somewhere";
        using var host = Process.Start(start)!;
        var (error, output) = (host.StandardError.ReadToEndAsync(), host.StandardOutput.ReadToEndAsync());
        await host.WaitForExitAsync().WaitAsync(Eventually.DefaultDeadline);

        host.ExitCode.ShouldBe(1);
        var said = (await error).Trim();
        said.ShouldContain("RiskCheck:Url is 'somewhere', which is no http address. Set it to where checks are posted");
        said.Split('\n').Length.ShouldBe(1, said);
        (await output).ShouldNotContain("RiskCheck");
    }
}
