using System.Text;
using Confluent.Kafka;
using Streaming.Commands.Tests.Restocking;
using Streaming.Commands.Tests.Running;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Inventory;
using static Streaming.Commands.Tests.Running.Some;

namespace Streaming.Commands.Tests.Routing;

/// <summary>What a process manager hears: the answers to its own requests, and the events it asked for.</summary>
public sealed class ProcessRouterTests(KafkaFixture kafka) : IDisposable
{
    private readonly Installation _installation = new(kafka);

    [Fact]
    public async Task An_event_becomes_the_command_that_its_route_makes_of_it()
    {
        await using var inventory = _installation.Start();
        await using var router = _installation.StartRouter();
        await _installation.SendAsync("c-1", Register("A"));
        await _installation.SendAsync("c-2", Receive("A", 5));
        await _installation.SendAsync("c-3", SellRestocked("A", 2, "R-1"));

        var routed = (await _installation.ReadAsync<RestockCommand>(_installation.Restocking.Commands, 1)).ShouldHaveSingleItem();

        routed.Key.ShouldBe("R-1");
        var restock = routed.Value.ShouldBeOfType<Restock>();
        (restock.Sku, restock.Quantity, restock.OccurredAt).ShouldBe(("A", 2, null));
        routed.Header(HeaderNames.Id).ShouldBe("inventory/A@3");
        routed.Header(HeaderNames.CausationId).ShouldBe("A@3");
        routed.Header(HeaderNames.CorrelationId).ShouldBe("c-3");
        routed.Header(HeaderNames.Actor).ShouldBe("somebody");
        routed.Header(HeaderNames.Source).ShouldBe("/streaming/router");
        routed.Header(HeaderNames.ReplyTo).ShouldBeNull();
    }

    [Fact]
    public async Task An_answer_reaches_who_asked_and_nobody_elses_does()
    {
        await using var inventory = _installation.Start();
        await using var router = _installation.StartRouter();
        await _installation.SendAsync("restocking/R-1/1/receive", Receive("A"), replyTo: "restocking/R-1");
        await _installation.SendAsync("restocking/R-2/1/receive", Receive("A"), replyTo: "restocking-too/R-2");
        await _installation.SendAsync("restocking/R-3/1/receive", Receive("A"));
        await _installation.SendAsync("no-request", Receive("A"), replyTo: "restocking/R-4");
        await _installation.SendAsync("c-5", Register("A"));
        await _installation.SendAsync("restocking/R-6/2/receive", Receive("A"), replyTo: "restocking/R-6");

        var heard = await _installation.ReadAsync<RestockCommand>(_installation.Restocking.Commands, 2);

        heard.Select(command => command.Value).ShouldBe(
            [new HearAnswer("R-1", "1/receive", "unknown-sku", null), new HearAnswer("R-6", "2/receive", null, null)], ignoreOrder: true);
        var answer = heard.Single(command => command.Key == "R-1");
        answer.Header(HeaderNames.Id).ShouldBe("answer/inventory/A/restocking/R-1/1/receive");
        answer.Header(HeaderNames.CausationId).ShouldBe("A/restocking/R-1/1/receive");
        answer.Header(HeaderNames.Actor).ShouldBe("somebody");
    }

    [Fact]
    public async Task A_process_asks_hears_and_goes_on()
    {
        await using var inventory = _installation.Start();
        await using var restocking = _installation.StartRestocking();
        await using var router = _installation.StartRouter();
        await _installation.SendAsync("c-1", Register("A"));
        await _installation.SendAsync("c-2", new Restock("R-1", "A", 5, 1_000_000, null));
        await _installation.SendAsync("c-3", new Restock("R-2", "B", 5, 1_000_000, null));

        var events = await _installation.ReadAsync<RestockEvent>(_installation.Restocking.Events, 4);

        events.Select(happened => happened.Value).OfType<RestockAnswered>().Select(answered => (answered.Id, answered.Code))
            .ShouldBe([("R-1", null), ("R-2", "unknown-sku")], ignoreOrder: true);
    }

    [Fact]
    public async Task A_result_that_cannot_be_read_stops_its_partition_only_when_it_is_for_us()
    {
        await using var inventory = await _installation.Start().ReadyAsync();
        await using var router = await _installation.StartRouter().ReadyAsync();
        var results = _installation.Topics.Results.Name;
        await PoisonAsync(results, "A", replyTo: null);
        await PoisonAsync(results, "A", replyTo: "somebody-else/1");
        await _installation.SendAsync("restocking/R-1/1/receive", Receive("A"), replyTo: "restocking/R-1");
        await _installation.ReadAsync<RestockCommand>(_installation.Restocking.Commands, 1);
        (await router.TroubleAsync()).ShouldBeNull();

        await PoisonAsync(results, "A", replyTo: "restocking/R-1");
        await Eventually.Async(
            async () => (await router.TroubleAsync())?.Contains($"{results} [[{Installation.PartitionOf("A")}]]", StringComparison.Ordinal) ?? false,
            Eventually.DefaultDeadline, "health names the partition");
        var other = Enumerable.Range(0, 100).Select(i => $"B{i}").First(sku => Installation.PartitionOf(sku) != Installation.PartitionOf("A"));
        await _installation.SendAsync("restocking/R-2/1/receive", Receive("A"), replyTo: "restocking/R-2");
        await _installation.SendAsync("restocking/R-3/1/receive", Receive(other), replyTo: "restocking/R-3");

        var heard = await _installation.ReadAsync<RestockCommand>(_installation.Restocking.Commands, 2);
        heard.Select(command => command.Key).ShouldBe(["R-1", "R-3"], ignoreOrder: true);
    }

    [Fact]
    public async Task While_the_registry_is_away_records_wait_and_none_is_skipped()
    {
        await using var inventory = await _installation.Start().ReadyAsync();
        await _installation.SendAsync("c-1", Register("A"));
        await _installation.SendAsync("c-2", Receive("A", 5));
        await _installation.SendAsync("c-3", SellRestocked("A", 2, "R-1"));
        await _installation.ResultsAsync(3);
        await inventory.DisposeAsync();

        // A router with a memory of its own, which has not seen the schemas yet.
        using var newcomer = _installation.WithOwnFormat();
        newcomer.Registry.RefusesSchemas = true;
        await using var router = newcomer.StartRouter();
        await Eventually.Async(
            async () => await router.TroubleAsync() is { } trouble && trouble.Contains("away", StringComparison.Ordinal), Eventually.DefaultDeadline, "health tells of the registry");
        newcomer.Registry.RefusesSchemas = false;

        (await _installation.ReadAsync<RestockCommand>(_installation.Restocking.Commands, 1))[0].Key.ShouldBe("R-1");
        await Eventually.Async(async () => await router.TroubleAsync() is null, Eventually.DefaultDeadline, "health is well again");
    }

    [Fact]
    public async Task Routers_that_come_and_go_under_load_route_each_event_exactly_once()
    {
        const int Sales = 600;
        await using var inventory = await _installation.Start().ReadyAsync();
        await using var restocking = await _installation.StartRestocking().ReadyAsync();
        for (var sku = 0; sku < 10; sku++)
        {
            await _installation.SendAsync($"register-{sku}", Register($"S{sku}"));
            await _installation.SendAsync($"receive-{sku}", Receive($"S{sku}", Sales));
        }

        var selling = Task.Run(async () =>
        {
            for (var sale = 0; sale < Sales; sale++)
                await _installation.SendAsync($"sell-{sale}", SellRestocked($"S{sale % 10}", 1, $"R-{sale}"));
        });
        var first = await _installation.StartRouter(options => options.BatchRecordsMax = 20).ReadyAsync();
        await using var second = await _installation.StartRouter(options => options.BatchRecordsMax = 20).ReadyAsync();
        await first.DisposeAsync();
        await using var third = await _installation.StartRouter(options => options.BatchRecordsMax = 20).ReadyAsync();
        await selling;

        var events = await _installation.ReadAsync<RestockEvent>(_installation.Restocking.Events, 2 * Sales);
        events.Count.ShouldBe(2 * Sales);
        events.Select(happened => happened.Key).Distinct().Count().ShouldBe(2 * Sales);
        // Exactly once is the router's own promise; the process would not have noticed a second time.
        var commands = await _installation.ReadAsync<RestockCommand>(_installation.Restocking.Commands);
        commands.Select(command => command.Header(HeaderNames.Id)).Distinct().Count().ShouldBe(2 * Sales);
        commands.Count.ShouldBe(2 * Sales);
        var levels = (await _installation.EventsAsync()).GroupBy(happened => happened.Value.Sku.Value)
            .Select(ofOne => ((StockReceived)ofOne.Last(happened => happened.Value is StockReceived).Value).OnHand);
        levels.ShouldAllBe(onHand => onHand <= Sales);
    }

    [Fact]
    public async Task What_a_dead_router_left_open_is_ended_by_its_successor_and_not_by_the_time()
    {
        await using (await _installation.StartRouter().ReadyAsync())
        {
            // Makes the topics.
        }
        await using var inventory = await _installation.Start().ReadyAsync();
        await _installation.SendAsync("c-1", Register("A"));
        await _installation.SendAsync("c-2", Receive("A", 5));
        await _installation.SendAsync("c-3", SellRestocked("A", 2, "R-1"));
        await _installation.ResultsAsync(3);

        var sold = new TopicPartition(_installation.Topics.Events.Name, Installation.PartitionOf("A"));
        using var dead = LeaveOpen(sold);
        await using var router = _installation.StartRouter();

        (await _installation.ReadAsync<RestockCommand>(_installation.Restocking.Commands, 1)).ShouldHaveSingleItem().Key.ShouldBe("R-1");
        Should.Throw<KafkaException>(() => dead.CommitTransaction(TimeSpan.FromSeconds(30))).Error.IsFatal.ShouldBeTrue();
    }

    public void Dispose() => _installation.Dispose();

    // A router that died after it had sent everything, before its commit: the record is written, the positions hang.
    private IProducer<byte[], byte[]> LeaveOpen(TopicPartition from)
    {
        var group = $"{_installation.Prefix}restocking.router";
        var timeout = TimeSpan.FromSeconds(30);
        var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
        {
            BootstrapServers = _installation.Kafka.BootstrapServers,
            TransactionalId = $"{group}-{from.Topic}-{from.Partition.Value}",
            TransactionTimeoutMs = (int)TimeSpan.FromMinutes(10).TotalMilliseconds,
        }).SetLogHandler((_, _) => { }).Build();
        using var member = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = _installation.Kafka.BootstrapServers, GroupId = group }).Build();
        producer.InitTransactions(timeout);
        producer.BeginTransaction();
        var command = (Avro.IAvroRecord)new Restock("R-1", "A", 2, PatienceMs: 1_000_000, null);
        producer.Produce(
            new TopicPartition(_installation.Restocking.Commands.Name, 0), new() { Key = Installation.Utf8("R-1"), Value = _installation.Format.Encode(command) });
        producer.SendOffsetsToTransaction([new TopicPartitionOffset(from, 3)], member.ConsumerGroupMetadata, timeout);
        producer.Flush(timeout);
        return producer;
    }

    private Task PoisonAsync(string topic, string key, string? replyTo)
    {
        var headers = new Headers();
        if (replyTo is not null)
            headers.Add(HeaderNames.ReplyTo, Encoding.UTF8.GetBytes(replyTo));
        return _installation.ProduceAsync(topic, Installation.PartitionOf(key), new() { Key = Installation.Utf8(key), Value = [1, 2, 3], Headers = headers });
    }
}
