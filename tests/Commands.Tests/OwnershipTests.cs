using Confluent.Kafka;
using Streaming.Commands.Tests.Running;
using Streaming.Contracts.Commands;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Inventory;
using static Streaming.Commands.Tests.Running.Some;

namespace Streaming.Commands.Tests;

/// <summary>One writer per partition, whoever it is at the moment: hosts come, go, and are taken for dead.</summary>
public sealed class OwnershipTests(KafkaFixture kafka) : IDisposable
{
    private const int Skus = 10;

    private readonly Installation _installation = new(kafka);

    [Fact]
    public async Task Hosts_that_come_and_go_while_commands_stream_decide_each_exactly_once()
    {
        var first = await _installation.Start().ReadyAsync();
        var sending = SendManyAsync(1_000);
        await _installation.ResultsAsync(100);
        await using var second = await _installation.Start().ReadyAsync();
        await first.DisposeAsync();
        await using var third = await _installation.Start().ReadyAsync();
        await sending;

        await AssertEachOnceAsync(1_000);
    }

    [Fact]
    public async Task A_restarted_host_goes_on_where_its_log_ends()
    {
        await using (var first = await _installation.Start(options => options.BatchRecordsMax = 7).ReadyAsync())
        {
            await SendManyAsync(300);
            await _installation.ResultsAsync(20);
        }

        await using var second = _installation.Start();
        await AssertEachOnceAsync(300);
    }

    [Fact]
    public async Task A_processor_whose_partition_somebody_else_took_over_writes_nothing_until_it_owns_it_again()
    {
        await using var processor = await _installation.Start().ReadyAsync();
        await _installation.SendAsync("c-1", Register("A"));
        await _installation.ResultsAsync(1);

        // What another host's takeover does, without the group knowing.
        using (var usurper = Transactional($"{_installation.Topics.Commands.Name}-{Installation.PartitionOf("A")}"))
            usurper.InitTransactions(TimeSpan.FromSeconds(30));
        await _installation.SendAsync("c-2", Receive("A"));
        await _installation.SendAsync("c-3", Receive("A"));

        var results = await _installation.ResultsAsync(3);
        results.Select(result => result.Value.Version).ShouldBe([1, 2, 3]);
        (await _installation.EventsAsync()).Select(happened => happened.Key).ShouldBe(["A@1", "A@2", "A@3"]);
    }

    [Fact]
    public async Task Restoring_waits_for_an_open_transaction_and_reads_what_it_commits()
    {
        await using (var processor = await _installation.Start().ReadyAsync())
        {
            await _installation.SendAsync("c-1", Register("A"));
            await _installation.ResultsAsync(1);
        }

        using var predecessor = Transactional(SomeNames.Name("hanging"));
        predecessor.InitTransactions(TimeSpan.FromSeconds(30));
        predecessor.BeginTransaction();
        var received = new StockReceived(new Sku("A"), 5, null, null, OnHand: 5, Reserved: 0, TimeProvider.System.GetUtcNow());
        await predecessor.ProduceAsync(
            new TopicPartition(_installation.Topics.Events.Name, Installation.PartitionOf("A")),
            new Message<byte[], byte[]> { Key = Installation.Utf8("A@2"), Value = _installation.Format.Encode(received) });

        await using var successor = _installation.Start();
        await _installation.SendAsync("c-2", Sell("A", 5));
        var other = Enumerable.Range(0, 100).Select(i => $"B{i}").First(sku => Installation.PartitionOf(sku) != Installation.PartitionOf("A"));
        await _installation.SendAsync("c-3", Register(other));
        // The other partition decides; this one has had as much time, and may not.
        (await _installation.ResultsAsync(2)).Count.ShouldBe(2);
        (await successor.TroubleAsync()).ShouldNotBeNull().ShouldContain("restoring");
        predecessor.CommitTransaction(TimeSpan.FromSeconds(30));

        var results = await _installation.ResultsAsync(3);
        results.Single(result => result.Value.CommandId == "c-2").Value.ShouldBeOfType<CommandAccepted>().Version.ShouldBe(3);
    }

    [Fact]
    public async Task A_log_that_is_not_whole_is_not_decided_on()
    {
        await using (var processor = await _installation.Start().ReadyAsync())
        {
            await _installation.SendAsync("c-1", Register("A"));
            await _installation.ResultsAsync(1);
        }

        using var stranger = Transactional(SomeNames.Name("stranger"));
        stranger.InitTransactions(TimeSpan.FromSeconds(30));
        stranger.BeginTransaction();
        var received = new StockReceived(new Sku("A"), 5, null, null, OnHand: 5, Reserved: 0, TimeProvider.System.GetUtcNow());
        await stranger.ProduceAsync(
            new TopicPartition(_installation.Topics.Events.Name, Installation.PartitionOf("A")),
            new Message<byte[], byte[]> { Key = Installation.Utf8("A@9"), Value = _installation.Format.Encode(received) });
        stranger.CommitTransaction(TimeSpan.FromSeconds(30));

        await using var successor = _installation.Start();
        await Eventually.Async(
            async () => (await successor.TroubleAsync())?.Contains("sequence 1 to 9", StringComparison.Ordinal) ?? false,
            TimeSpan.FromSeconds(60), "health tells of the gap");
    }

    [Fact]
    public async Task Resetting_the_group_decides_nothing_twice()
    {
        await using (var first = await _installation.Start().ReadyAsync())
        {
            await SendManyAsync(100);
            await AssertEachOnceAsync(100);
        }

        await ResetGroupAsync();
        await using var second = await _installation.Start().ReadyAsync();
        var results = await _installation.ResultsAsync(2 * (100 + Skus));

        (await _installation.EventsAsync()).Count.ShouldBe(100 + Skus);
        foreach (var ofOneCommand in results.GroupBy(result => result.Key))
            ofOneCommand.Select(result => result.Bytes).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task Resetting_the_group_decides_nothing_twice_although_the_index_has_forgotten()
    {
        await using (var first = await _installation.Start().ReadyAsync())
        {
            await SendManyAsync(100, recordedAt: TimeProvider.System.GetUtcNow().AddMinutes(-10));
            await AssertEachOnceAsync(100);
        }

        await ResetGroupAsync();
        await using var second = _installation.Start(options => options.DuplicatesWindow = TimeSpan.FromMinutes(1));
        var results = await _installation.ResultsAsync(2 * (100 + Skus));

        (await _installation.EventsAsync()).Count.ShouldBe(100 + Skus);
        results.Count(result => result.Value is CommandRefused { Code: "expired" }).ShouldBe(100 + Skus);
    }

    public void Dispose() => _installation.Dispose();

    private async Task SendManyAsync(int count, DateTimeOffset? recordedAt = null)
    {
        for (var sku = 0; sku < Skus; sku++)
            await _installation.SendAsync($"register-{sku}", Register($"S{sku}"), recordedAt: recordedAt);
        for (var i = 0; i < count; i++)
            await _installation.SendAsync($"c-{i}", Receive($"S{i % Skus}", i + 1), recordedAt: recordedAt);
    }

    // Every command one result and one event, sequences without gaps, and the result names the event.
    private async Task AssertEachOnceAsync(int count)
    {
        var results = await _installation.ResultsAsync(count + Skus);
        var events = await _installation.EventsAsync();

        results.Count.ShouldBe(count + Skus);
        results.Select(result => result.Key).Distinct().Count().ShouldBe(count + Skus);
        results.ShouldAllBe(result => result.Value is CommandAccepted);
        events.Select(happened => happened.Header(HeaderNames.CausationId)).Where(id => id!.StartsWith("c-")).Distinct().Count().ShouldBe(count);
        events.Count.ShouldBe(count + Skus);
        foreach (var ofOneSku in events.GroupBy(happened => happened.Value.Sku))
            ofOneSku.Select(happened => happened.Key).ShouldBe(Enumerable.Range(1, ofOneSku.Count()).Select(sequence => $"{ofOneSku.Key.Value}@{sequence}"));
        var recorded = events.Select(happened => $"{happened.Header(HeaderNames.CausationId)} made {happened.Key}").ToHashSet();
        results.ShouldAllBe(result => recorded.Contains($"{result.Value.CommandId} made {result.Value.AggregateId}@{result.Value.Version}"));
    }

    // As Kafka's own tool does it.
    private async Task ResetGroupAsync()
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = _installation.Kafka.BootstrapServers }).Build();
        var start = Enumerable.Range(0, Installation.Partitions)
            .Select(partition => new TopicPartitionOffset(_installation.Topics.Commands.Name, partition, 0)).ToList();
        await admin.AlterConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitionOffsets($"{_installation.Prefix}inventory.command-processor", start)]);
    }

    private IProducer<byte[], byte[]> Transactional(string id) => new ProducerBuilder<byte[], byte[]>(new ProducerConfig
    {
        BootstrapServers = _installation.Kafka.BootstrapServers,
        TransactionalId = id,
    }).Build();
}
