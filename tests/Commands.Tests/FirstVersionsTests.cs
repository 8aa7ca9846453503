using Confluent.Kafka;
using Streaming.Commands.Tests.Running;
using Streaming.Contracts.Commands;
using Streaming.Contracts.Inventory;
using Streaming.Domain.Inventory;
using Streaming.Serdes.Registry;
using Streaming.Tests;
using static Streaming.Commands.Tests.Running.Some;

namespace Streaming.Commands.Tests;

/// <summary>What earlier versions wrote is read as the newest, and what this one writes is registered behind it.</summary>
public sealed class FirstVersionsTests(KafkaFixture kafka) : IClassFixture<KafkaFixture>, IDisposable
{
    private readonly Installation _installation = new(kafka);

    [Fact]
    public async Task A_log_of_the_first_versions_is_restored_decided_on_and_goes_on_in_the_newest()
    {
        await using (var processor = await _installation.Start().ReadyAsync())
        {
            // Makes the topics.
        }
        await WriteFirstVersionsAsync();

        await using var successor = _installation.Start();
        await _installation.SendAsync("too-many", Sell(FirstVersions.Sku, FirstVersions.OnHand + 1));
        await _installation.SendAsync("all", Sell(FirstVersions.Sku, FirstVersions.OnHand));

        var results = await _installation.ResultsAsync(2);
        results.Single(result => result.Value.CommandId == "too-many").Value.ShouldBeOfType<CommandRefused>().Reason.ShouldContain("195 available");
        results.Single(result => result.Value.CommandId == "all").Value.ShouldBeOfType<CommandAccepted>().Version.ShouldBe(FirstVersions.Events.Count + 1);

        var events = (await _installation.EventsAsync()).Select(recorded => recorded.Value).ToList();
        events[0].ShouldBeOfType<ProductRegistered>().DisplayName.ShouldBe("Widget");
        events[7].ShouldBeOfType<StockLost>().Quantity.ShouldBe(20);
        events[8].ShouldBeOfType<StockFound>().Quantity.ShouldBe(5);
        events.Aggregate(StockLevel.Unknown, InventoryDecider.Evolve).OnHand.ShouldBe(0);
    }

    [Fact]
    public async Task Every_version_is_registered_oldest_first_and_its_subject_is_FULL_TRANSITIVE()
    {
        await using var processor = await _installation.Start().ReadyAsync();

        foreach (var record in Contracts.AvroRecords.All)
        {
            _installation.Registry.Levels.ShouldContainKeyAndValue(record.FullName, "FULL_TRANSITIVE");
            var ids = record.Versions.Select(version => _installation.Registry.FindId(record.FullName, version.ToString())).ToList();
            ids.ShouldBeInOrder(SortDirection.Ascending, record.FullName);
        }
    }

    [Fact]
    public async Task A_registry_that_lets_nobody_change_levels_keeps_no_host_from_deciding()
    {
        _installation.Registry.Refusal = new RegistryAccessDeniedException("levels are the owner's", System.Net.HttpStatusCode.Forbidden, 40301);
        await using var processor = await _installation.Start().ReadyAsync();
        await _installation.SendAsync("c-1", Register("A"));
        (await _installation.ResultsAsync(1))[0].Value.ShouldBeOfType<CommandAccepted>();
    }

    public void Dispose() => _installation.Dispose();

    private async Task WriteFirstVersionsAsync()
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers, EnableIdempotence = true }).Build();
        foreach (var happened in FirstVersions.Events)
        {
            await producer.ProduceAsync(
                new TopicPartition(_installation.Topics.Events.Name, Installation.PartitionOf(FirstVersions.Sku)),
                new Message<byte[], byte[]> { Key = Installation.Utf8(happened.Key), Value = happened.Frame(_installation.Registry.Register(happened.Type, happened.Schema)) });
        }
    }
}
