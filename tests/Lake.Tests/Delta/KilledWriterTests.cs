using System.Diagnostics;
using Streaming.Fixtures;
using Streaming.Lake.Storage;
using Streaming.Lake.Tests.Support;

namespace Streaming.Lake.Tests.Delta;

public sealed class KilledWriterTests
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_table_whose_writer_is_killed_at_any_moment_is_whole_and_says_how_far_it_is()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        using var folder = new TempFolder("killed-writer");
        var store = new LocalStore(folder.Path);
        for (var round = 0; round < 8; round++)
        {
            var before = (await CountTable.SnapshotAsync(store)).Version;
            using var writer = Process.Start(new ProcessStartInfo("dotnet", [HostProcess.AssemblyOf("Streaming.Lake.Writer"), folder.Path, $"{seed + round}"])
            {
                UseShellExecute = false, RedirectStandardOutput = true,
            })!;
            try
            {
                await writer.StandardOutput.ReadLineAsync();
                // Some commits further, and then in the midst of anything.
                var target = before + random.Next(1, 25);
                await Eventually.Async(async () => (await CountTable.SnapshotAsync(store)).Version >= target, _deadline, $"version {target}, seed {seed}");
                for (var spins = random.Next(0, 2_000_000); spins > 0; spins--)
                    Thread.SpinWait(1);
            }
            finally
            {
                writer.Kill();
                await writer.WaitForExitAsync();
            }

            var said = (await CountTable.SnapshotAsync(store)).VersionOf(CountTable.AppId)!.Value;
            (await CountTable.NumbersAsync(store)).ShouldBe(CountTable.Range((int)said), $"seed {seed}, round {round}");
        }
        if (DeltaReader.IsPresent)
            (await DeltaReader.CountAsync(Path.Combine(folder.Path, "numbers"))).ShouldBe((await CountTable.SnapshotAsync(store)).VersionOf(CountTable.AppId)!.Value);
    }

    [ConformanceFact]
    [NeedsDeltaReader]
    public async Task Others_read_while_it_is_written_and_find_what_it_says()
    {
        using var folder = new TempFolder("read-while-written");
        using var writer = Process.Start(new ProcessStartInfo("dotnet", [HostProcess.AssemblyOf("Streaming.Lake.Writer"), folder.Path, "1"]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        try
        {
            var table = Path.Combine(folder.Path, "numbers");
            await Eventually.Async(async () => (await CountTable.SnapshotAsync(new LocalStore(folder.Path))).Version >= 3, _deadline, "there is a table");
            for (var i = 0; i < 4; i++)
            {
                var info = await DeltaReader.InfoAsync(table);
                var version = info["version"]!.GetValue<long>();
                info["rows"]!.GetValue<long>().ShouldBe((await CountTable.NumbersAsync(new LocalStore(folder.Path), version)).Count, $"version {version}");
            }
        }
        finally
        {
            writer.Kill();
            await writer.WaitForExitAsync();
        }
    }
}
