using System.CommandLine;
using System.Text.Json;
using Confluent.Kafka;
using Spectre.Console;
using Streaming.Commands.Restoring;
using Streaming.Commands.Snapshots;
using Streaming.Contexts;
using Streaming.Serdes;
using Streaming.Serdes.Registry;

namespace Streaming.Cli.Contexts;

/// <summary><c>streamctl verify snapshots</c>: folds the log and compares each snapshot with it. Exit code 0: all say the same; 2: not; 1: nobody can tell.</summary>
internal static class VerifySnapshotsCommand
{
    private const int Wrong = 2;

    public static Command Create()
    {
        var cluster = new ClusterOptions();
        var context = new Option<string?>("--context") { Description = "Which context, such as inventory. Default: each that has snapshots." };
        var json = new Option<bool>("--json") { Description = "Tell programs, as one JSON array." };
        var verify = new Command("snapshots", "Compares every snapshot with what the events say at its version.") { context, json };
        cluster.All.ToList().ForEach(verify.Add);
        verify.SetAction(async (arguments, cancellationToken) =>
        {
            try
            {
                using var access = cluster.Open(arguments);
                var contexts = arguments.GetValue(context) is { } name ? [ClusterOptions.Find(name)] : ContextCatalogue.All.Where(known => known.HasSnapshots).ToList();
                var verification = new SnapshotVerification(access.Kafka, access.Format, access.Prefix, cancellationToken);
                var reports = await Task.Run(() => contexts.Select(known => known.Use(verification)).ToList(), cancellationToken);
                Print(reports, arguments.GetValue(json));
                return reports.All(report => report.IsRight) ? 0 : Wrong;
            }
            catch (Exception cause) when (cause is Failure or CorruptLogException or InvalidOperationException or KafkaException or RegistryException or UndecodableRecordException)
            {
                await Console.Error.WriteLineAsync(cause.Message);
                return 1;
            }
        });
        return verify;
    }

    private static void Print(IReadOnlyList<SnapshotReport> reports, bool isJson)
    {
        if (isJson)
        {
            Console.WriteLine(JsonSerializer.Serialize(reports, JsonSerializerOptions.Web));
            return;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumns("context", "events", "aggregates", "snapshots", "equal", "different", "unusable");
        foreach (var report in reports)
        {
            table.AddRow(report.Context, $"{report.Events}", $"{report.Aggregates}", $"{report.Snapshots}", $"{report.Equal}", $"{report.Different}", $"{report.Unusable}");
        }

        var console = Terminal.Open(Console.Out, Console.IsOutputRedirected);
        console.Write(table);
        foreach (var (context, first) in reports.Select(report => (report.Context, report.First)))
        {
            if (first is not null)
                console.WriteLine($"{context}-{first.Partition}: {first.AggregateId} at version {first.Version}: {first.What}");
        }
    }
}
