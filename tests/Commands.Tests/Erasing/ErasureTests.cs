using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Streaming.Commands.Snapshots;
using Streaming.Commands.Tests.Running;
using Streaming.Contracts.Commands;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Inventory;
using Streaming.Hosting.Kafka;
using static Streaming.Commands.Tests.Running.Some;

namespace Streaming.Commands.Tests.Erasing;

/// <summary>A closed aggregate is purged whole, and its id never used again.</summary>
public sealed class ErasureTests(KafkaFixture kafka) : IDisposable
{
    private readonly Installation _installation = new(kafka);

    [Fact]
    public async Task A_closed_aggregate_is_purged_whole()
    {
        await using var processor = _installation.Start(options => options.SnapshotEveryEvents = 1);
        await CloseAsync("A");
        await EraseAsync("e-1", "A");

        var result = (await _installation.ResultsAsync(4))[^1].Value.ShouldBeOfType<CommandAccepted>();

        (result.Version, result.EventCount).ShouldBe((3, 0));
        var entry = (await _installation.RecordsAsync(_installation.Topics.Erasures)).ShouldHaveSingleItem();
        var erased = _installation.Format.Decode(entry.Message.Value).ShouldBeOfType<AggregateErased>();
        (erased.AggregateId, erased.LastSequence, erased.Reason).ShouldBe(("A", 3, "the law"));
        Encoding.UTF8.GetString(entry.Message.Key).ShouldBe("A");
        (await NewestAsync(_installation.Topics.Events)).ShouldBe(
            new Dictionary<string, bool> { ["A@1"] = false, ["A@2"] = false, ["A@3"] = false }, ignoreOrder: true);
        (await NewestAsync(_installation.Topics.Snapshots))["A"].ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_not_closed_is_not_erased()
    {
        await using var processor = _installation.Start();
        await _installation.SendAsync("c-1", Register("A"));
        await _installation.SendAsync("c-2", Receive("A", 5));
        await EraseAsync("e-1", "A");
        await EraseAsync("e-2", "nobody");
        await _installation.SendAsync("c-3", Receive("A", 5));

        var results = (await _installation.ResultsAsync(5)).ToDictionary(result => result.Value.CommandId, result => result.Value);

        results["e-1"].ShouldBeOfType<CommandRefused>().Code.ShouldBe("not-closed");
        results["e-2"].ShouldBeOfType<CommandRefused>().Code.ShouldBe("not-closed");
        results["c-3"].ShouldBeOfType<CommandAccepted>().Version.ShouldBe(3);
        (await _installation.RecordsAsync(_installation.Topics.Erasures)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_erased_id_is_refused_for_ever_and_a_repeated_command_answered_as_before()
    {
        await using (var first = _installation.Start())
        {
            await CloseAsync("A");
            await EraseAsync("e-1", "A");
            await _installation.SendAsync("c-4", Register("A"));
            await EraseAsync("e-2", "A");
            await AssertErasedAsync(["c-4", "e-2"], 6);
        }

        await using var second = _installation.Start();
        await _installation.SendAsync("c-5", Register("A"));
        await EraseAsync("e-1", "A");
        await AssertErasedAsync(["c-4", "e-2", "c-5"], 8);
        (await _installation.ResultsAsync(8)).Where(result => result.Value.CommandId == "e-1").ShouldAllBe(result => result.Value is CommandAccepted);
        (await _installation.RecordsAsync(_installation.Topics.Erasures)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_partition_with_erased_aggregates_is_restored_before_and_after_compaction()
    {
        var partition = Installation.PartitionOf("A");
        await using (var processor = _installation.Start())
        {
            await CloseAsync("A");
            await EraseAsync("e-1", "A");
            await _installation.ResultsAsync(4);
        }

        Restored.From(_installation, partition).Content.ShouldBeEmpty();

        // What a compaction leaves that had room for some of the tombstones only: events from the middle on, of an aggregate that is gone.
        var erased = _installation.Format.Encode(new AggregateErased("C", 5, "the law", TimeProvider.System.GetUtcNow()));
        partition = Installation.PartitionOf("C");
        await _installation.WriteAsync(_installation.Topics.Erasures, partition, "C", erased);
        var remains = _installation.Format.Encode(new StockReceived(new Sku("C"), 7, null, null, 7, 0, TimeProvider.System.GetUtcNow()));
        await _installation.WriteAsync(_installation.Topics.Events, partition, "C@4", remains);
        await _installation.WriteAsync(_installation.Topics.Events, partition, "C@5", null);

        var restored = Restored.From(_installation, partition);
        restored.Content.ShouldBeEmpty();
        restored.States.FindErased("C").ShouldBe(5);
    }

    [Fact]
    public async Task An_event_that_was_deleted_without_an_erasure_is_no_reason_to_decide()
    {
        await using (var processor = _installation.Start())
        {
            await CloseAsync("A");
            await _installation.ResultsAsync(3);
        }

        await _installation.WriteAsync(_installation.Topics.Events, Installation.PartitionOf("A"), "A@2", value: null);

        Should.Throw<Restoring.CorruptLogException>(() => Restored.From(_installation, Installation.PartitionOf("A")))
            .Message.ShouldContain("which nobody has erased");
    }

    [Fact]
    public async Task An_event_that_is_there_twice_is_harmless_when_it_says_the_same_and_not_when_it_differs()
    {
        await using (var processor = _installation.Start())
        {
            await CloseAsync("A");
            await _installation.ResultsAsync(3);
        }

        var partition = Installation.PartitionOf("A");
        var before = Restored.From(_installation, partition).Content;
        var second = (await _installation.EventsAsync())[1];
        await _installation.WriteAsync(_installation.Topics.Events, partition, second.Key, second.Record.Message.Value);
        Restored.From(_installation, partition).Content.ShouldBe(before);

        await _installation.WriteAsync(_installation.Topics.Events, partition, second.Key,
            _installation.Format.Encode(new StockReceived(new Sku("A"), 7, null, null, 7, 0, TimeProvider.System.GetUtcNow())));
        Should.Throw<Restoring.CorruptLogException>(() => Restored.From(_installation, partition)).Message.ShouldContain("two different values");
    }

    [Fact]
    public async Task After_compaction_everything_is_restored_as_before_whatever_was_there_twice_or_erased()
    {
        await using (var processor = _installation.Start(options => options.SnapshotEveryEvents = 3))
        {
            await CloseAsync("A");
            await EraseAsync("e-1", "A");
            foreach (var sku in new[] { "B", "C", "D" })
            {
                await _installation.SendAsync($"r-{sku}", Register(sku));
                await _installation.SendAsync($"s-{sku}", Receive(sku, 5));
            }

            await _installation.ResultsAsync(10);
        }

        var before = Contents();
        var events = await _installation.RecordsAsync(_installation.Topics.Events);
        await CompactSoonAsync();
        // What was there is written again, as a copy that starts over does it, until compaction has had enough reason to begin.
        await Eventually.Async(async () =>
        {
            foreach (var happened in events.Where(happened => happened.Message.Value is not null && !Encoding.UTF8.GetString(happened.Message.Key).StartsWith("A@")))
                await _installation.WriteAsync(_installation.Topics.Events, happened.Partition, Encoding.UTF8.GetString(happened.Message.Key), happened.Message.Value);
            return (await _installation.RecordsAsync(_installation.Topics.Events)).All(happened => !Encoding.UTF8.GetString(happened.Message.Key).StartsWith("A@"));
        }, TimeSpan.FromSeconds(90), "the erased aggregate's events and tombstones are gone");

        Contents().ShouldBe(before);
        Installation.Context.Use(new SnapshotVerification(
            new KafkaOptions { BootstrapServers = kafka.BootstrapServers }, _installation.Format, _installation.Prefix, CancellationToken.None)).IsRight.ShouldBeTrue();
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public async Task An_erasure_says_why(string reason)
    {
        await using var processor = _installation.Start();
        await CloseAsync("A");
        await EraseAsync("e-1", "A", reason);

        (await _installation.ResultsAsync(4))[^1].Value.ShouldBeOfType<CommandRefused>().Code.ShouldBe("invalid-reason");
    }

    public void Dispose() => _installation.Dispose();

    private async Task CloseAsync(string sku)
    {
        await _installation.SendAsync("c-1", Register(sku));
        await _installation.SendAsync("c-2", Receive(sku, 5));
        await _installation.SendAsync("c-3", Sell(sku, 5));
    }

    private Task EraseAsync(string commandId, string aggregateId, string reason = "the law") => _installation.SendRawAsync(
        aggregateId, _installation.Format.Encode(new EraseAggregate(aggregateId, reason, null)), new Headers { { HeaderNames.Id, Installation.Utf8(commandId) } });

    private async Task AssertErasedAsync(string[] commandIds, int results) =>
        (await _installation.ResultsAsync(results)).Select(result => result.Value).OfType<CommandRefused>()
            .Where(refused => refused.Code == "erased").Select(refused => refused.CommandId).ShouldBe(commandIds, ignoreOrder: true);

    private string Contents() => string.Join("; ", Enumerable.Range(0, Installation.Partitions)
        .SelectMany(partition => Restored.From(_installation, partition).Content.Concat(Restored.From(_installation, partition, withSnapshots: false).Content))
        .Select(entry => $"{entry.Key} {entry.Value.Version} {entry.Value.State.OnHand}").Order());

    private async Task CompactSoonAsync()
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        (string, string)[] settings = [("segment.ms", "100"), ("min.compaction.lag.ms", "0"), ("min.cleanable.dirty.ratio", "0.01"), ("delete.retention.ms", "1")];
        await admin.IncrementalAlterConfigsAsync(new()
        {
            [new ConfigResource { Type = ResourceType.Topic, Name = _installation.Topics.Events.Name }] =
                [.. settings.Select(setting => new ConfigEntry { Name = setting.Item1, Value = setting.Item2, IncrementalOperation = AlterConfigOpType.Set })],
        });
    }

    // By key: whether its newest record has a value.
    private async Task<Dictionary<string, bool>> NewestAsync(Contracts.Topics.TopicDefinition topic) =>
        (await _installation.RecordsAsync(topic)).GroupBy(record => Encoding.UTF8.GetString(record.Message.Key))
            .ToDictionary(ofKey => ofKey.Key, ofKey => ofKey.Last().Message.Value is not null);
}
