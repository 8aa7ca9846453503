using System.Diagnostics;
using System.Text.RegularExpressions;
using Confluent.Kafka;
using Streaming.Fixtures;

namespace Streaming.Broker.Conformance.Tests;

/// <summary>What a broker that flushes has the system write, watched from outside: a file is on disk with its name, not only with its bytes.</summary>
[NeedsStrace]
public sealed partial class DurabilityTests : IDisposable
{
    private const int Records = 20;
    private readonly TempFolder _folder = new("durable");
    private readonly string _topic = SomeNames.Name("durable");

    public void Dispose() => _folder.Dispose();

    [ConformanceFact]
    public async Task A_new_segment_is_on_disk_by_its_name_before_its_records_are_acknowledged_and_so_is_every_renamed_file()
    {
        await using var broker = await BrokerProcess.StartAsync(_folder.Path);
        await NewTopic.CreateAsync(broker.BootstrapServers, _topic, configs: new() { ["flush.messages"] = "1", ["segment.bytes"] = "1000" });
        var trace = await TraceAsync(broker);

        var created = Matches(trace, Created());
        created.Count.ShouldBeGreaterThan(Records / 2);
        foreach (var segment in created)
            ExpectNamed(trace, segment);
        var renamed = Matches(trace, Renamed());
        renamed.Count.ShouldBeGreaterThan(Records / 2);
        foreach (var name in renamed)
            ExpectSynced(trace, name);
    }

    // Whoever flushes a segment's bytes for the first time, before they are acknowledged, brings its name to the disk next. That others do so meanwhile is luck.
    private static void ExpectNamed(string[] trace, (int Line, string Path) segment)
    {
        var flushed = Matches(trace, Synced()).First(synced => synced.Line > segment.Line && synced.Path == segment.Path).Line;
        var next = Matches([.. trace[(flushed + 1)..].Where(line => Thread(line) == Thread(trace[flushed]))], Synced());
        next.Select(synced => synced.Path).FirstOrDefault().ShouldBe(Path.GetDirectoryName(segment.Path), $"after {trace[flushed]}");
    }

    private static void ExpectSynced(string[] trace, (int Line, string Path) renamed)
    {
        var folder = Path.GetDirectoryName(renamed.Path);
        Matches(trace[(renamed.Line + 1)..], Synced()).ShouldContain(synced => synced.Path == folder, renamed.Path);
    }

    private static string Thread(string line) => line[..line.IndexOf(' ')];

    private static List<(int Line, string Path)> Matches(string[] trace, Regex pattern) =>
        [.. trace.Select((line, index) => (Line: index, Match: pattern.Match(line))).Where(found => found.Match.Success).Select(found => (found.Line, found.Match.Groups["path"].Value))];

    private async Task<string[]> TraceAsync(BrokerProcess broker)
    {
        var file = Path.Combine(_folder.Path, "trace");
        using var strace = Process.Start(new ProcessStartInfo(
            "strace", ["-f", "-y", "-s", "512", "-e", "trace=open,openat,rename,renameat,renameat2,fsync,fdatasync", "-o", file, "-p", $"{broker.ProcessId}"])
        {
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        // "strace: Process 1 attached with 20 threads"
        (await strace.StandardError.ReadLineAsync()).ShouldNotBeNull().ShouldContain("attached");
        await ProduceAsync(broker.BootstrapServers);
        await broker.StopAsync();
        await strace.WaitForExitAsync();
        return await File.ReadAllLinesAsync(file);
    }

    // One by one, each with a segment of its own.
    private async Task ProduceAsync(string bootstrapServers)
    {
        using var producer = Clients.Idempotent(bootstrapServers);
        for (var i = 0; i < Records; i++)
            await producer.ProduceAsync(new TopicPartition(_topic, 0), Clients.Message(new string('x', 900)));
    }

    [GeneratedRegex(@"open(at)?\(.*""(?<path>[^""]+/\d+\.log)"",[^)]*O_CREAT", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Created();

    [GeneratedRegex(@"rename(at|at2)?\(.*""(?<path>[^""]+)""", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Renamed();

    [GeneratedRegex(@"fsync\(\d+<(?<path>[^>]+)>", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Synced();
}
