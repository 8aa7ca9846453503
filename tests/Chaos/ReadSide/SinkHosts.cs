using System.Globalization;
using System.Text.RegularExpressions;
using Confluent.Kafka;
using Streaming.Contracts.Topics;
using Streaming.Fixtures;

namespace Streaming.Chaos.ReadSide;

/// <summary>The hosts of one sink: two static members of its group, each of which can be killed, paused and replaced.</summary>
/// <param name="name">Of the sink, which is its group's.</param>
/// <param name="program">Such as <c>Streaming.SqlSink</c>.</param>
/// <param name="settings">Of every host.</param>
internal sealed partial class SinkHosts(string name, string program, string bootstrapServers, string prefix, IReadOnlyDictionary<string, string> settings) : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan EmptyDeadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan HealthTimeout = TimeSpan.FromSeconds(5);
    private static readonly string[] Members = ["a", "b"];

    private readonly HttpClient _http = new() { Timeout = HealthTimeout };
    private readonly string _group = prefix + name;

    public string Name => name;

    public List<HostProcess> All { get; } = [];

    /// <summary>How often a host ended that nobody had ended, and was started again, as whoever watches hosts does.</summary>
    public int EndedCount { get; private set; }

    public async Task StartAsync()
    {
        foreach (var member in Members)
        {
            All.Add(NewHost(member));
            All[^1].Start();
        }

        foreach (var host in All)
            await host.ReadyAsync(StartDeadline);
    }

    /// <summary>One more host; who asks for it starts and ends it.</summary>
    /// <param name="member">Its name within the group; that of another one takes that one's place. Null: it has none.</param>
    public HostProcess NewHost(string? member)
    {
        var own = new Dictionary<string, string>(settings);
        if (member is not null)
            own["Sinks__InstanceId"] = member;
        return new(program, own);
    }

    /// <summary>A new host under the name of one that does not know it, and is not one of these any more.</summary>
    public HostProcess Replace(int index)
    {
        var former = All[index];
        All[index] = NewHost(Members[index]);
        All[index].Start();
        return former;
    }

    /// <summary>Starts those that do not run.</summary>
    public void StartEnded()
    {
        foreach (var host in All.Where(host => !host.IsRunning))
        {
            EndedCount += host.HasEndedItself ? 1 : 0;
            host.Start();
        }
    }

    /// <summary>Moves the group's offsets back by the admin API, each partition to anywhere before, while no host runs.</summary>
    public async Task<int> MoveBackAsync(Random random, CancellationToken cancellationToken)
    {
        await Task.WhenAll(All.Where(host => host.IsRunning).Select(host => host.StopAsync()));
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrapServers }).SetLogHandler((_, _) => { /* Failures are thrown, too. */ }).Build();
        var moved = 0;
        // Members that are gone count until their session has timed out.
        await Eventually.Async(async () =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                moved = await MoveBackAsync(admin, random);
                return true;
            }
            catch (KafkaException)
            {
                return false;
            }
        }, EmptyDeadline, $"the group {_group} is empty and moved back");
        StartEnded();
        return moved;
    }

    /// <summary>Null once all partitions run and nothing is left to do; else what the hosts say.</summary>
    public async Task<string?> UnsettledAsync()
    {
        var said = new List<string>();
        var (running, toGo) = (0, 0L);
        foreach (var host in All)
        {
            said.Add(host.IsRunning ? await HealthAsync(host) : "it has ended");
            if (Standing().Match(said[^1]) is { Success: true } standing)
            {
                running += int.Parse(standing.Groups["running"].Value, CultureInfo.InvariantCulture);
                toGo += long.Parse(standing.Groups["behind"].Value, CultureInfo.InvariantCulture);
            }
            else
            {
                toGo = 1;
            }
        }

        return running == TopicCatalogue.All.Sum(topics => topics.PartitionCount) && toGo == 0 ? null : $"{name}: {string.Join(" / ", said)}";
    }

    /// <summary>The newest lines of each host, for a failure's message.</summary>
    public string Output(int lines) => string.Join('\n', All.Select(host => $"--- {name} at {host.Url}\n{string.Join('\n', host.Output.Split('\n').TakeLast(lines))}"));

    public async ValueTask DisposeAsync()
    {
        foreach (var host in All)
            await host.DisposeAsync();
        _http.Dispose();
    }

    private async Task<int> MoveBackAsync(IAdminClient admin, Random random)
    {
        var committed = (await admin.ListConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitions(_group, null)]))[0].Partitions;
        var back = committed.Where(offset => offset.Offset.Value > 0 && random.Next(2) == 0)
            .Select(offset => new TopicPartitionOffset(offset.TopicPartition, random.NextInt64(offset.Offset.Value))).ToList();
        if (back.Count > 0)
            await admin.AlterConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitionOffsets(_group, back)]);
        return back.Count;
    }

    private async Task<string> HealthAsync(HostProcess host)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(host.Url, "/health/ready"));
            return await answer.Content.ReadAsStringAsync();
        }
        catch (Exception silent) when (silent is HttpRequestException or TaskCanceledException)
        {
            return "it does not answer";
        }
    }

    [GeneratedRegex(@"(?<running>\d+) of \d+ partitions run, (?<behind>\d+) offsets to go", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Standing();
}
