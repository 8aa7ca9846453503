using System.Collections.Concurrent;
using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Streaming.Fixtures;
using Streaming.Lake.Delta;
using Streaming.Lake.Storage;
using Streaming.LakeSink.Positions;
using Streaming.LakeSink.Tests.Support;

namespace Streaming.LakeSink.Tests;

/// <summary>The real host over a folder, killed, overtaken and reset in the midst of writing: in the end each table is the log, row by row.</summary>
[Trait("Run", "soak")]
public sealed class KilledHostTests(LakeSinkHostTests.Servers servers) : IClassFixture<LakeSinkHostTests.Servers>
{
    private const int Rounds = 12;
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task Whatever_happens_to_the_host_each_event_is_one_row()
    {
        var given = Environment.GetEnvironmentVariable("LAKE_SEED");
        var seed = given is null ? Environment.TickCount & 0xFFFFFF : int.Parse(given, CultureInfo.InvariantCulture);
        using var folder = new TempFolder("killed-lake");
        await using var history = new History(servers, folder.Path, new Random(seed));
        try
        {
            await history.RunAsync();
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"With LAKE_SEED={seed}, after {string.Join(", ", history.Faults)}: {failure.Message}\n{history.Output}", failure);
        }
    }

    private sealed class History : IAsyncDisposable
    {
        private readonly LakeSinkHostTests.Servers _servers;
        private readonly string _folder;
        private readonly Random _random;
        private readonly string _prefix = SomeNames.Prefix();
        private readonly Load _load;
        private HostProcess _host;

        public History(LakeSinkHostTests.Servers servers, string folder, Random random)
        {
            (_servers, _folder, _random) = (servers, folder, random);
            _host = NewHost();
            _load = new(servers, _prefix, random.Next());
        }

        public List<string> Faults { get; } = [];

        public string Output => _host.Output;

        public async Task RunAsync()
        {
            await _host.StartReadyAsync(_deadline);
            var writing = _load.RunAsync();
            // Each kind comes, in any order, and kills more often.
            foreach (var fault in Enumerable.Range(0, Rounds).Select(round => round % 4).OrderBy(_ => _random.Next()))
            {
                await GrowAsync(_random.Next(1, 60));
                await (fault switch { 0 => OvertakeAsync(), 1 => ResetAsync(), _ => KillAsync() });
            }
            await _load.StopAsync();
            await writing;

            await Eventually.Async(async () => await RowCountAsync() == _load.Written.Count, _deadline, $"the lake has the {_load.Written.Count} rows that were written");
            await _host.StopAsync();
            var expected = _load.Written.Order(StringComparer.Ordinal).ToList();
            (await RowsAsync()).ShouldBe(expected);
            if (DeltaReader.IsPresent)
                (await IndependentRowsAsync()).ShouldBe(expected);
        }

        public async ValueTask DisposeAsync()
        {
            await _host.DisposeAsync();
            await _load.DisposeAsync();
        }

        private async Task KillAsync()
        {
            Faults.Add("kill -9");
            await _host.KillAsync();
            _host.Start();
        }

        /// <summary>The host stands still, another takes its place under its name, and then it wakes up with what it had in hand.</summary>
        private async Task OvertakeAsync()
        {
            Faults.Add("SIGSTOP");
            await using var zombie = _host;
            zombie.Pause();
            _host = NewHost();
            _host.Start();
            await GrowAsync(_random.Next(1, 40));
            zombie.Resume();
            await GrowAsync(_random.Next(1, 40));
            await zombie.KillAsync();
        }

        /// <summary>Back to anywhere, by a Kafka tool, while no host is there.</summary>
        private async Task ResetAsync()
        {
            Faults.Add("reset");
            await _host.KillAsync();
            using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = _servers.Kafka.BootstrapServers }).Build();
            var offsets = await BackwardsAsync();
            await Eventually.Async(async () =>
            {
                try
                {
                    await admin.AlterConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitionOffsets(_prefix + "lake-sink", offsets)]);
                    return true;
                }
                catch (AlterConsumerGroupOffsetsException)
                {
                    return false;       // The killed host still counts as a member.
                }
            }, _deadline, "the group is empty");
            _host.Start();
        }

        private async Task<List<TopicPartitionOffset>> BackwardsAsync()
        {
            var offsets = new List<TopicPartitionOffset>();
            foreach (var partition in _load.Partitions.Keys)
            {
                var where = PositionLog.FolderOf("g1", partition.Topic, partition.Partition.Value);
                if (await new VersionedFile(new LocalStore(_folder), where).ReadAsync(CancellationToken.None) is { } position)
                    offsets.Add(new(partition, _random.NextInt64(StoredPosition.Parse(position.Content, where).Checkpoint.NextOffset + 1)));
            }
            return offsets;
        }

        /// <summary>Until so many commits were made since.</summary>
        private async Task GrowAsync(int commits)
        {
            var target = CommitCount() + commits;
            await Eventually.Async(() => CommitCount() >= target, _deadline, $"{commits} further commits");
        }

        private int CommitCount() => Directory.EnumerateFiles(_folder, "*.json", SearchOption.AllDirectories).Count(path => path.Contains("_delta_log", StringComparison.Ordinal));

        private HostProcess NewHost() => new("Streaming.LakeSink", new Dictionary<string, string>
        {
            ["Kafka__BootstrapServers"] = _servers.Kafka.BootstrapServers, ["Kafka__Client__session.timeout.ms"] = "6000", ["SchemaRegistry__Url"] = _servers.Registry.Url,
            ["Topics__Prefix"] = _prefix, ["Lake__Url"] = _folder, ["Lake__PositionIntervalMs"] = "1000", ["Lake__CheckpointEveryCommits"] = "5",
            ["Lake__MaintenanceIntervalMs"] = "500", ["Lake__SmallFilesMin"] = "4", ["Sinks__InstanceId"] = "the one", ["Sinks__BatchLingerMs"] = "20",
            ["Sinks__BatchEventsMax"] = "200", ["Sinks__GroupCommitIntervalMs"] = "500", ["Logging__LogLevel__Default"] = "Warning",
        });

        private async Task<long> RowCountAsync()
        {
            var count = 0L;
            foreach (var table in Load.Tables)
                count += (await new DeltaLog(new LocalStore(_folder), $"g1/{table}/").ReadAsync(version: null, CancellationToken.None)).Files.Sum(file => FileStats.RowCount(file)!.Value);
            return count;
        }

        private async Task<List<string>> RowsAsync()
        {
            var lake = new TestLake(new LocalStore(_folder));
            var rows = new List<string>();
            foreach (var table in Load.Tables)
            {
                foreach (var row in await lake.RowsAsync(table))
                    rows.Add(Load.Text(table, row["_partition"]!.GetValue<int>(), row["_offset"]!.GetValue<long>(), row["_aggregate_id"]!.GetValue<string>(), row["_sequence"]!.GetValue<long>(), row["quantity"]!.GetValue<int>()));
            }
            return [.. rows.Order(StringComparer.Ordinal)];
        }

        private async Task<List<string>> IndependentRowsAsync()
        {
            var rows = new List<string>();
            foreach (var table in Load.Tables)
            {
                foreach (var row in await DeltaReader.RowsAsync(Path.Combine(_folder, "g1", table), "_partition,_offset,_aggregate_id,_sequence,quantity"))
                    rows.Add(Load.Text(table, row["_partition"]!.GetValue<int>(), row["_offset"]!.GetValue<long>(), row["_aggregate_id"]!.GetValue<string>(), row["_sequence"]!.GetValue<long>(), row["quantity"]!.GetValue<int>()));
            }
            return [.. rows.Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>Four hundred events a second, of forty products, and what each of them must become.</summary>
    private sealed class Load : IAsyncDisposable
    {
        private const int Products = 40;
        private const int AtOnce = 20;

        private readonly EventWriter _writer;
        private readonly Random _random;
        private readonly Dictionary<string, long> _sequences = [];
        private readonly CancellationTokenSource _stopping = new();

        public Load(LakeSinkHostTests.Servers servers, string prefix, int seed) =>
            (_writer, _random) = (new(servers.Kafka.BootstrapServers, servers.Registry.Url, prefix), new(seed));

        public static IReadOnlyList<string> Tables { get; } = ["inventory_stock_received", "inventory_stock_sold"];

        public List<string> Written { get; } = [];

        /// <summary>Those that have something.</summary>
        public ConcurrentDictionary<TopicPartition, bool> Partitions { get; } = [];

        public async Task RunAsync()
        {
            using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
            while (!_stopping.IsCancellationRequested)
            {
                // Of different products: what one has to say comes in order.
                await Task.WhenAll(Enumerable.Range(0, Products).OrderBy(_ => _random.Next()).Take(AtOnce).Select(product => WriteAsync($"sku-{product}", _random.Next(2), _random.Next(1, 1_000))).ToList());
                await pace.WaitForNextTickAsync();
            }
        }

        public Task StopAsync() => _stopping.CancelAsync();

        public async ValueTask DisposeAsync()
        {
            await _stopping.CancelAsync();
            _stopping.Dispose();
            _writer.Dispose();
        }

        public static string Text(string table, int partition, long offset, string aggregateId, long sequence, int quantity) =>
            $"{table} {partition}@{offset:D9} {aggregateId}@{sequence} {quantity}";

        private async Task WriteAsync(string sku, int kind, int quantity)
        {
            var sequence = _sequences[sku] = _sequences.GetValueOrDefault(sku) + 1;
            var record = kind == 0 ? Some.Received(sku, 0, quantity).Record : Some.Sold(sku, 0, quantity).Record;
            var type = Some.EventTypes.Single(type => type.ClrType == record.GetType());
            var there = await _writer.WriteAsync(type, record, sku, sequence);
            lock (Written)
                Written.Add(Text(Tables[kind], there.Partition.Value, there.Offset.Value, sku, sequence, quantity));
            Partitions[there.TopicPartition] = true;
        }
    }
}
