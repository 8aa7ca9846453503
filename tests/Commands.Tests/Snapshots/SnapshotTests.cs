using System.Text;
using Confluent.Kafka;
using Streaming.Commands.Restoring;
using Streaming.Commands.Snapshots;
using Streaming.Commands.Tests.Running;
using Streaming.Contracts.Commands;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Inventory;
using Streaming.Hosting.Kafka;
using static Streaming.Commands.Tests.Running.Some;

namespace Streaming.Commands.Tests.Snapshots;

/// <summary>Snapshots make a restart faster, and nothing else: what is restored with them is what is restored without.</summary>
public sealed class SnapshotTests(KafkaFixture kafka) : IDisposable
{
    private const int Skus = 20;

    private readonly Installation _installation = new(kafka);

    [Fact]
    public async Task A_round_ends_with_a_checkpoint_and_restoring_folds_from_there()
    {
        await RunAsync(0, 400, everyEvents: 100);

        foreach (var partition in Enumerable.Range(0, Installation.Partitions))
        {
            var restored = Restored.From(_installation, partition);
            restored.Counts.Snapshots.ShouldBeGreaterThan(0);
            restored.Counts.Events.ShouldBeLessThan(EventsOf(partition, await _installation.EventsAsync()));
            restored.Content.ShouldBe(Restored.From(_installation, partition, withSnapshots: false).Content, ignoreOrder: true);
        }
    }

    [Fact]
    public async Task A_snapshot_names_its_version_its_type_and_its_checksum()
    {
        await RunAsync(0, 200, everyEvents: 50);

        var states = (await _installation.RecordsAsync(_installation.Topics.Snapshots))
            .Select(record => new Recorded<object>(record, _installation.Format.Decode(record.Message.Value))).ToList();

        states.ShouldContain(snapshot => snapshot.Key == SnapshotKeys.Checkpoint);
        foreach (var snapshot in states.Where(snapshot => snapshot.Value is StockState))
        {
            snapshot.Header(HeaderNames.Type).ShouldBe("streaming.inventory.StockState");
            snapshot.Header(HeaderNames.Checksum).ShouldBe($"{Crc32C.Of(snapshot.Record.Message.Value)}");
            snapshot.Header(HeaderNames.Subject).ShouldBe(snapshot.Key);
            var version = long.Parse(snapshot.Header(HeaderNames.Sequence)!);
            var folded = Restored.From(_installation, snapshot.Record.Partition, withSnapshots: false).Content[snapshot.Key];
            folded.Version.ShouldBeGreaterThanOrEqualTo(version);
        }
    }

    [Fact]
    public async Task A_round_goes_on_while_no_commands_come()
    {
        await using var processor = await _installation.Start(options => (options.SnapshotEveryEvents, options.SnapshotsPerTransactionMax) = (10, 1)).ReadyAsync();
        await SendAsync(0, 100);
        await _installation.ResultsAsync(100 + Skus);

        await Eventually.Async(
            async () => (await CheckpointsAsync()).Select(checkpoint => checkpoint.Partition.Value).Distinct().Count() == Installation.Partitions,
            TimeSpan.FromSeconds(60), "a checkpoint in each partition");
    }

    [Fact]
    public async Task A_change_is_in_a_round_after_the_time_given_however_few_events_there_are()
    {
        var clock = new ForwardClock();
        await using (await _installation.Start(Configure, clock).ReadyAsync())
        {
            await SendAsync(0, 40);
            await _installation.ResultsAsync(40 + Skus);
            (await CheckpointsAsync()).ShouldBeEmpty();

            clock.Advance(TimeSpan.FromMinutes(11));
            await CheckpointsAsync(Installation.Partitions);
        }
        foreach (var partition in Enumerable.Range(0, Installation.Partitions))
        {
            Restored.From(_installation, partition).Counts.Events.ShouldBe(0);
            AssertSame(partition, "a round by time");
        }

        // Nothing has changed since, so nothing is due; and whose change is older than its host is late all the same.
        clock.Advance(TimeSpan.FromMinutes(11));
        await using (await _installation.Start(Configure, clock).ReadyAsync())
        {
            await _installation.SendAsync("late", Receive("S0"));
            await _installation.ResultsAsync(41 + Skus);
        }
        (await CheckpointsAsync()).Count.ShouldBe(Installation.Partitions);
        clock.Advance(TimeSpan.FromMinutes(11));
        await using (await _installation.Start(Configure, clock).ReadyAsync())
            await CheckpointsAsync(Installation.Partitions + 1);

        static void Configure(CommandProcessorOptions options) => options.SnapshotEveryMinutes = 10;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Whatever_the_rounds_and_wherever_a_host_dies_in_one_restoring_finds_the_same(int seed)
    {
        var random = new Random(seed);
        var sent = 0;
        for (var life = 0; life < 4; life++)
        {
            var count = random.Next(50, 300);
            var (everyEvents, perTransaction) = (random.Next(5, 150), random.Next(1, 10));
            await using var processor = _installation.Start(
                options => (options.SnapshotEveryEvents, options.SnapshotsPerTransactionMax, options.BatchRecordsMax) = (everyEvents, perTransaction, random.Next(1, 40)));
            await SendAsync(sent, count);
            sent += count;
            // The host is stopped in the middle of whatever it does, rounds included; its successor finishes.
            await _installation.ResultsAsync(sent / 2);
            await processor.DisposeAsync();
            foreach (var partition in Enumerable.Range(0, Installation.Partitions))
                AssertSame(partition, $"seed {seed}, life {life}");
        }
    }

    [Fact]
    public async Task A_fenced_owner_leaves_no_half_round_that_counts()
    {
        await using var processor = await _installation.Start(options => (options.SnapshotEveryEvents, options.SnapshotsPerTransactionMax) = (5, 1)).ReadyAsync();
        await SendAsync(0, 50);
        for (var i = 0; i < 3; i++)
        {
            foreach (var partition in Enumerable.Range(0, Installation.Partitions))
            {
                using var usurper = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
                {
                    BootstrapServers = _installation.Kafka.BootstrapServers,
                    TransactionalId = $"{_installation.Topics.Commands.Name}-{partition}",
                }).Build();
                usurper.InitTransactions(TimeSpan.FromSeconds(30));
                AssertSame(partition, $"usurped {i} times");
            }
        }

        await _installation.ResultsAsync(50 + Skus);
        (await _installation.EventsAsync()).Count.ShouldBe(50 + Skus);
    }

    [Fact]
    public async Task A_snapshot_with_a_wrong_checksum_is_ignored_and_the_log_folded()
    {
        await RunAsync(0, 300, everyEvents: 50);
        var snapshot = await NewestAsync();
        snapshot.Message.Value[^1] ^= 1;

        await ReplaceAsync(snapshot);

        AssertIgnored(snapshot.Partition);
    }

    [Fact]
    public async Task A_snapshot_with_a_wrong_or_missing_sequence_is_ignored()
    {
        await RunAsync(0, 300, everyEvents: 50);
        var snapshot = await NewestAsync();
        foreach (var sequence in new[] { null, "", "x", "-1", "0", "99999999999999999999" })
        {
            snapshot.Message.Headers.Remove(HeaderNames.Sequence);
            if (sequence is not null)
                snapshot.Message.Headers.Add(HeaderNames.Sequence, Installation.Utf8(sequence));
            await ReplaceAsync(snapshot);
            AssertIgnored(snapshot.Partition);
        }
    }

    [Theory]
    [InlineData("of a schema that nobody knows", new byte[] { 0, 0, 0, 99, 99, 2 })]
    [InlineData("of no schema", new byte[] { 1, 2, 3 })]
    [InlineData("without a byte", new byte[0])]
    [InlineData("cut short", new byte[] { 0, 0, 0, 0, 1 })]
    public async Task A_snapshot_that_cannot_be_read_is_ignored(string _, byte[] value)
    {
        await RunAsync(0, 300, everyEvents: 50);
        var snapshot = await NewestAsync();
        var headers = new Headers { { HeaderNames.Sequence, Installation.Utf8("1") }, { HeaderNames.Checksum, Installation.Utf8($"{Crc32C.Of(value)}") } };

        await _installation.WriteAsync(_installation.Topics.Snapshots, snapshot.Partition, Encoding.UTF8.GetString(snapshot.Message.Key), value, headers);

        AssertIgnored(snapshot.Partition);
    }

    [Fact]
    public async Task A_record_that_is_no_state_is_ignored_as_a_snapshot_and_as_a_checkpoint()
    {
        await RunAsync(0, 300, everyEvents: 50);
        var value = _installation.Format.Encode(Register("A"));
        var headers = new Headers { { HeaderNames.Sequence, Installation.Utf8("1") }, { HeaderNames.Checksum, Installation.Utf8($"{Crc32C.Of(value)}") } };
        await _installation.WriteAsync(_installation.Topics.Snapshots, 0, "S1", value, headers);
        await _installation.WriteAsync(_installation.Topics.Snapshots, 1, SnapshotKeys.Checkpoint, value, headers);

        AssertIgnored(0);
        AssertIgnored(1);
    }

    [Fact]
    public async Task What_was_ignored_is_written_anew_by_the_next_round()
    {
        await RunAsync(0, 300, everyEvents: 50);
        var snapshot = await NewestAsync();
        snapshot.Message.Value[^1] ^= 1;
        await ReplaceAsync(snapshot);

        await RunAsync(300, 200, everyEvents: 50);

        Restored.From(_installation, snapshot.Partition).Counts.ShouldSatisfyAllConditions(
            counts => counts.IgnoredSnapshots.ShouldBe(0), counts => counts.Snapshots.ShouldBeGreaterThan(0));
    }

    [Fact]
    public async Task Without_a_checkpoint_the_log_is_folded_from_its_start()
    {
        await RunAsync(0, 300, everyEvents: 50);
        await _installation.WriteAsync(_installation.Topics.Snapshots, 0, SnapshotKeys.Checkpoint, value: null);

        Restored.From(_installation, 0).Counts.Snapshots.ShouldBe(0);
        AssertSame(0, "no checkpoint");
    }

    [Fact]
    public async Task A_checkpoint_beyond_the_end_of_the_events_is_no_reason_to_decide()
    {
        await RunAsync(0, 300, everyEvents: 50);
        await CheckpointAsync(new SnapshotCheckpoint(1_000_000, 1_000_000, 1, TimeProvider.System.GetUtcNow()));

        Should.Throw<CorruptLogException>(() => Restored.From(_installation, 0)).Message.ShouldContain("has lost events");
    }

    [Fact]
    public async Task A_snapshot_newer_than_its_events_is_no_reason_to_decide()
    {
        await RunAsync(0, 300, everyEvents: 50);
        var (id, aggregate) = Restored.From(_installation, 0).States.All.First();
        var value = _installation.Format.Encode(Installation.Context.Snapshots!.Write(aggregate.State));
        await _installation.WriteAsync(_installation.Topics.Snapshots, 0, id, value, new Headers
        {
            { HeaderNames.Sequence, Installation.Utf8($"{aggregate.Version + 5}") },
            { HeaderNames.Checksum, Installation.Utf8($"{Crc32C.Of(value)}") },
        });
        await CheckpointAsync(new SnapshotCheckpoint(0, 0, 1, TimeProvider.System.GetUtcNow()));

        Should.Throw<CorruptLogException>(() => Restored.From(_installation, 0)).Message.ShouldContain($"stands for version {aggregate.Version + 5}");
    }

    [Fact]
    public async Task Verification_finds_snapshots_that_say_what_the_log_says_and_names_the_first_that_does_not()
    {
        await RunAsync(0, 300, everyEvents: 50);
        var sound = Verify();
        (sound.IsRight, sound.Aggregates, sound.Events, sound.Equal, sound.First).ShouldBe((true, Skus, 300 + Skus, sound.Snapshots, null));
        sound.Snapshots.ShouldBe(Skus);

        var snapshot = await NewestAsync();
        var id = Encoding.UTF8.GetString(snapshot.Message.Key);
        var wrong = _installation.Format.Encode((StockState)_installation.Format.Decode(snapshot.Message.Value) with { OnHand = 1_000_000 });
        snapshot.Message.Headers.Remove(HeaderNames.Checksum);
        snapshot.Message.Headers.Add(HeaderNames.Checksum, Installation.Utf8($"{Crc32C.Of(wrong)}"));
        await _installation.WriteAsync(_installation.Topics.Snapshots, snapshot.Partition, id, wrong, snapshot.Message.Headers);

        var report = Verify();
        (report.IsRight, report.Different, report.Equal).ShouldBe((false, 1, sound.Equal - 1));
        report.First.ShouldNotBeNull().AggregateId.ShouldBe(id);
        report.First.What.ShouldContain("1000000");
    }

    [Fact]
    public async Task Verification_finds_what_is_missing_and_what_cannot_be_used()
    {
        await RunAsync(0, 300, everyEvents: 50);
        var snapshot = await NewestAsync();
        var id = Encoding.UTF8.GetString(snapshot.Message.Key);
        await _installation.WriteAsync(_installation.Topics.Snapshots, snapshot.Partition, id, value: null);
        Verify().ShouldSatisfyAllConditions(report => report.Different.ShouldBe(1), report => report.First!.What.ShouldContain("covers"));

        await _installation.WriteAsync(_installation.Topics.Snapshots, snapshot.Partition, id, [1, 2, 3], snapshot.Message.Headers);
        Verify().ShouldSatisfyAllConditions(report => report.Different.ShouldBe(0), report => report.Unusable.ShouldBe(1), report => report.First!.AggregateId.ShouldBe(id));
    }

    [Fact]
    public async Task No_aggregate_can_have_the_id_that_checkpoints_have()
    {
        await using var processor = _installation.Start();
        await _installation.SendAsync("c-1", Register(SnapshotKeys.Checkpoint));

        (await _installation.ResultsAsync(1))[0].Value.ShouldBeOfType<CommandRefused>().Reason.ShouldContain("take another one");
    }

    public void Dispose() => _installation.Dispose();

    private static int EventsOf(int partition, List<Recorded<InventoryEvent>> events) => events.Count(happened => happened.Record.Partition.Value == partition);

    private SnapshotReport Verify() => Installation.Context.Use(new SnapshotVerification(
        new KafkaOptions { BootstrapServers = _installation.Kafka.BootstrapServers }, _installation.Format, _installation.Prefix, CancellationToken.None));

    // One life of a host, which ends when all is answered and a checkpoint stands in each partition.
    private async Task RunAsync(int from, int count, int everyEvents)
    {
        await using var processor = await _installation.Start(options => (options.SnapshotEveryEvents, options.SnapshotsPerTransactionMax) = (everyEvents, 3)).ReadyAsync();
        var before = (await CheckpointsAsync()).CountBy(checkpoint => checkpoint.Partition.Value).ToDictionary();
        await SendAsync(from, count);
        await _installation.ResultsAsync(from + count + Skus);
        await Eventually.Async(
            async () => (await CheckpointsAsync()).CountBy(checkpoint => checkpoint.Partition.Value)
                .Count(ofPartition => ofPartition.Value > before.GetValueOrDefault(ofPartition.Key)) == Installation.Partitions,
            TimeSpan.FromSeconds(60), "another checkpoint in each partition");
    }

    // Without awaiting each: one producer keeps their order.
    private Task SendAsync(int from, int count)
    {
        var registrations = Enumerable.Range(0, from == 0 ? Skus : 0).Select(sku => _installation.SendAsync($"register-{sku}", Register($"S{sku}")));
        var receipts = Enumerable.Range(from, count).Select(i => _installation.SendAsync($"c-{i}", Receive($"S{i % Skus}", i + 1)));
        return Task.WhenAll([.. registrations, .. receipts]);
    }

    // Of one moment: an owner that lives may go on between the two readings.
    private void AssertSame(int partition, string when)
    {
        long end;
        Restored with, without;
        do
        {
            end = Restored.EventsEnd(_installation, partition);
            (with, without) = (Restored.From(_installation, partition), Restored.From(_installation, partition, withSnapshots: false));
        }
        while (Restored.EventsEnd(_installation, partition) != end);
        with.Content.ShouldBe(without.Content, ignoreOrder: true, when);
    }

    private void AssertIgnored(int partition)
    {
        var restored = Restored.From(_installation, partition);
        restored.Counts.IgnoredSnapshots.ShouldBe(1);
        restored.Counts.Snapshots.ShouldBe(0);
        AssertSame(partition, "a snapshot was ignored");
    }

    private async Task<List<ConsumeResult<byte[], byte[]>>> CheckpointsAsync() =>
        [.. (await _installation.RecordsAsync(_installation.Topics.Snapshots)).Where(record => Encoding.UTF8.GetString(record.Message.Key) == SnapshotKeys.Checkpoint)];

    private Task CheckpointsAsync(int count) =>
        Eventually.Async(async () => (await CheckpointsAsync()).Count == count, TimeSpan.FromSeconds(60), $"{count} checkpoints");

    private async Task<ConsumeResult<byte[], byte[]>> NewestAsync() =>
        (await _installation.RecordsAsync(_installation.Topics.Snapshots)).Last(record => Encoding.UTF8.GetString(record.Message.Key) != SnapshotKeys.Checkpoint);

    private Task ReplaceAsync(ConsumeResult<byte[], byte[]> snapshot) => _installation.WriteAsync(
        _installation.Topics.Snapshots, snapshot.Partition, Encoding.UTF8.GetString(snapshot.Message.Key), snapshot.Message.Value, snapshot.Message.Headers);

    private Task CheckpointAsync(SnapshotCheckpoint checkpoint)
    {
        var value = _installation.Format.Encode(checkpoint);
        return _installation.WriteAsync(_installation.Topics.Snapshots, 0, SnapshotKeys.Checkpoint, value, new Headers
        {
            { HeaderNames.Sequence, Installation.Utf8($"{checkpoint.NextOffset}") },
            { HeaderNames.Checksum, Installation.Utf8($"{Crc32C.Of(value)}") },
        });
    }
}
