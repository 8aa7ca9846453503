using System.Diagnostics;
using Streaming.Fixtures;

namespace Streaming.SqlSink.Tests;

/// <summary>What the sink says that cannot start.</summary>
public sealed class WrongOptionsTests
{
    [Theory]
    [InlineData("Sinks__BatchEventsMax", "0", "BatchEventsMax")]
    [InlineData("Queries__PageItems", "0", "PageItems")]
    [InlineData("Database__ConnectionString", "", "ConnectionString")]
    [InlineData("Database__ConnectionString", "postgresql:/nowhere", "Database:ConnectionString")]
    [InlineData("Database__ConnectionString", "Hots=nowhere", "Database:ConnectionString")]
    public async Task A_wrong_option_is_named_once_and_nothing_else_is_said(string name, string value, string named)
    {
        var start = new ProcessStartInfo("dotnet", [HostProcess.AssemblyOf("Streaming.SqlSink")]) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["Kafka__BootstrapServers"] = "127.0.0.1:1";
        start.Environment["SchemaRegistry__Url"] = "http://127.0.0.1:1";
        start.Environment["Database__ConnectionString"] = "Host=127.0.0.1;Port=1";
        start.Environment[name] = value;
        using var host = Process.Start(start)!;
        var (error, output) = (host.StandardError.ReadToEndAsync(), host.StandardOutput.ReadToEndAsync());
        await host.WaitForExitAsync().WaitAsync(Eventually.DefaultDeadline);

        host.ExitCode.ShouldBe(1);
        var said = (await error).Trim();
        said.ShouldContain(named);
        said.Split('\n').Length.ShouldBe(1, said);
        (await output).ShouldNotContain(named);
    }
}
