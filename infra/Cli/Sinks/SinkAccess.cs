using System.CommandLine;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Streaming.Cli.Contexts;
using Streaming.Contracts.Control;
using Streaming.Sinks.Control;

namespace Streaming.Cli.Sinks;

/// <summary>The cluster, as a command about sinks needs it.</summary>
internal sealed class SinkAccess : IDisposable
{
    /// <summary>A host reports every two seconds; one that has not for so long is gone, or cannot.</summary>
    public static readonly TimeSpan SilentAfter = TimeSpan.FromSeconds(15);

    /// <summary>Of a program that Ctrl-C has ended, as shells know it: nobody is to take it for done.</summary>
    private const int InterruptedExitCode = 130;

    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);
    private readonly IAdminClient _admin;

    private SinkAccess(ControlClient control, IAdminClient admin) => (Control, _admin) = (control, admin);

    public ControlClient Control { get; }

    /// <summary>Makes a command of one that works on a cluster: its options are added, and a failure is said in one line.</summary>
    public static Command On(Command command, Func<SinkAccess, ParseResult, CancellationToken, Task> action)
    {
        var cluster = new ClusterOptions();
        cluster.OfKafka.ToList().ForEach(command.Add);
        command.SetAction(async (arguments, cancellationToken) =>
        {
            try
            {
                var (kafka, prefix) = cluster.OpenKafka(arguments);
                using var access = new SinkAccess(
                    new ControlClient(kafka, prefix, TimeProvider.System),
                    new AdminClientBuilder(kafka.ToClientConfig()).SetLogHandler((_, _) => { /* Each failure reaches us as an exception, too. */ }).Build());
                await action(access, arguments, cancellationToken);
                return 0;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return InterruptedExitCode;
            }
            catch (Exception cause) when (cause is Failure or KafkaException or TimeoutException or FormatException)
            {
                await Console.Error.WriteLineAsync(cause.Message);
                return 1;
            }
        });
        return command;
    }

    /// <summary>Which sink is meant by a name, and in which generations it is there.</summary>
    /// <exception cref="Failure">No host has ever reported on a sink of this name.</exception>
    public async Task<SinkChoice> FindAsync(string given, CancellationToken cancellationToken)
    {
        var all = await Control.ReportsAsync(cancellationToken);
        if (SinkChoice.Find(given, all) is not { } found)
        {
            throw new Failure(all.Count == 0
                ? "No sink has reported yet: is a sink's host running (make up)?"
                : $"'{given}' is no sink: give one of {string.Join(", ", all.Select(report => SinkChoice.SinkOf(report)).Distinct())}.");
        }

        return found.HasGenerations ? found with { Declared = await Control.GenerationsAsync(found.Sink, cancellationToken) } : found;
    }

    /// <summary>The same of a sink whose destination holds several generations.</summary>
    /// <exception cref="Failure">There is no such sink, or it holds one only.</exception>
    public async Task<SinkChoice> FindGenerationsAsync(string given, CancellationToken cancellationToken)
    {
        var found = await FindAsync(given, cancellationToken);
        return found.HasGenerations ? found : throw new Failure($"{found.Sink} has no generations: its destination holds one state only, or its host is of an older build.");
    }

    /// <summary>Sets which generations of a sink hosts are to run.</summary>
    /// <param name="changed">A change of the choice's generations.</param>
    /// <exception cref="Failure">Somebody else has set them since the choice was looked at.</exception>
    public async Task DeclareAsync(SinkChoice sink, SinkGenerations changed, CancellationToken cancellationToken)
    {
        if (await Control.DeclareAsync(sink.Sink, changed, cancellationToken) is { } other)
        {
            throw new Failure($"REFUSED. {other.By} has set the generations of {sink.Sink} in this moment{(other.Reason is { } why ? $" ({why})" : "")}: readers see {other.Current}, {string.Join(", ", other.Running)} are written. "
                + $"Nothing of yours was done. Look (streamctl sinks generations {sink.Sink}), and ask again if you still mean it.");
        }
    }

    /// <summary>What hosts said last of a sink's partitions: of the generation that readers see, unless the name says another.</summary>
    /// <exception cref="Failure">No host has ever reported on a sink of this name.</exception>
    public async Task<IReadOnlyList<SinkReport>> ReportsAsync(string given, CancellationToken cancellationToken) => (await FindAsync(given, cancellationToken)).OfMeant;

    /// <summary>Where an offset lies in each partition.</summary>
    public async Task<Dictionary<(string Topic, int Partition), long>> OffsetsAsync(IEnumerable<SinkReport> partitions, OffsetSpec spec)
    {
        var asked = partitions.Select(report => new TopicPartitionOffsetSpec { TopicPartition = new TopicPartition(report.Topic, report.Partition), OffsetSpec = spec });
        var answer = await _admin.ListOffsetsAsync(asked, new ListOffsetsOptions { RequestTimeout = RequestTimeout, IsolationLevel = IsolationLevel.ReadUncommitted });
        return answer.ResultInfos.ToDictionary(
            info => (info.TopicPartitionOffsetError.Topic, info.TopicPartitionOffsetError.Partition.Value), info => info.TopicPartitionOffsetError.Offset.Value);
    }

    public void Dispose()
    {
        Control.Dispose();
        _admin.Dispose();
    }
}
