using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Client.Tests.Parcels;
using Streaming.Contracts.Commands;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Topics;

namespace Streaming.Client.Tests;

/// <summary>What a service is promised that sends commands of a context which it has no contracts with us for.</summary>
public abstract class CommandClientConformance(KafkaFixture kafka, RegistryFixture registry, ParcelInstallation parcels) : IAsyncLifetime
{
    private static readonly ContextTopics Parcels = ParcelContext.Definition.Topics;
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    private readonly string _id = SomeNames.Name("P");
    private CommandClient? _client;

    private ContextClient Commands => _client!.For(Parcels);

    public async ValueTask InitializeAsync()
    {
        await parcels.OnAsync(kafka, registry);
        _client = new CommandClient(Options());
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _client!.DisposeAsync();
    }

    [ConformanceFact]
    public async Task An_accepted_command_tells_its_version()
    {
        (await AskAsync("c-1", 500)).ShouldBeOfType<CommandAccepted>().Version.ShouldBe(1);
        (await AskAsync("c-2", 500)).ShouldBeOfType<CommandAccepted>().Version.ShouldBe(2);
    }

    [ConformanceFact]
    public async Task A_refused_command_tells_the_rule() =>
        (await AskAsync("c-1", ParcelContext.WeightMax + 1)).ShouldBeOfType<CommandRefused>().Code.ShouldBe("too-heavy");

    [ConformanceFact]
    public async Task A_command_that_is_repeated_is_decided_once_whoever_repeats_it()
    {
        var once = await AskAsync("c-1", 500);
        (await AskAsync("c-1", 500)).ShouldBe(once);

        // Another process, which knows nothing of the first: it sends the command again, and is answered from the log.
        await using var other = new CommandClient(Options());
        (await AskAsync("c-1", 500, commands: other.For(Parcels))).ShouldBeOfType<CommandAccepted>().Version.ShouldBe(1);
        (await AskAsync("c-2", 500)).ShouldBeOfType<CommandAccepted>().Version.ShouldBe(2);
    }

    [ConformanceFact]
    public async Task Another_command_under_the_same_id_is_an_error_that_tells_what_became_of_the_first()
    {
        var first = await AskAsync("c-1", 500);
        var error = await Should.ThrowAsync<CommandIdReusedException>(() => AskAsync("c-1", 501));
        error.Key.ShouldBe(new ResultKey(_id, "c-1"));
        error.Result.ShouldBe(first);
    }

    [ConformanceFact]
    public async Task Of_those_who_expect_one_version_one_wins()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => AskAsync($"c-{i}", 500, new(ExpectedVersion: 0))));
        results.Count(result => result is CommandAccepted).ShouldBe(1);
        results.OfType<CommandRefused>().ShouldAllBe(refused => refused.Code == "version-conflict");
    }

    [ConformanceFact]
    public async Task Every_instance_hears_every_result()
    {
        await using var other = new CommandClient(Options());
        await other.For(Parcels).ReadyAsync(TestContext.Current.CancellationToken);
        await AskAsync("c-1", 500);
        await Eventually.Async(() => other.For(Parcels).Find(new(_id, "c-1")) is CommandAccepted, "the other instance has the result");
    }

    [ConformanceFact]
    public async Task Past_the_wait_there_is_no_result_yet_and_asking_again_gets_it()
    {
        var prefix = SomeNames.Prefix();
        var host = await ParcelInstallation.StartAsync(kafka, registry, prefix);
        await using var client = new CommandClient(Options(prefix));
        var commands = client.For(Parcels);
        await AskAsync("c-1", 500, commands: commands);
        await host.DisposeAsync();
        (await AskAsync("c-2", 500, wait: TimeSpan.FromMilliseconds(1), commands: commands)).ShouldBeNull();

        await using var again = await ParcelInstallation.StartAsync(kafka, registry, prefix);
        (await AskAsync("c-2", 500, commands: commands)).ShouldBeOfType<CommandAccepted>().Version.ShouldBe(2);
        (await AskAsync("c-3", 500, commands: commands)).ShouldBeOfType<CommandAccepted>().Version.ShouldBe(3);
    }

    [ConformanceFact]
    public async Task What_goes_along_with_a_command_reaches_its_events()
    {
        const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        await AskAsync("c-1", 500, new(Actor: "till-7", Tenant: "shop-1", CorrelationId: "basket-9", TraceParent: Trace));
        var headers = ReadFirstEvent().Headers;
        Text(headers, HeaderNames.Actor).ShouldBe("till-7");
        Text(headers, HeaderNames.Tenant).ShouldBe("shop-1");
        Text(headers, HeaderNames.CorrelationId).ShouldBe("basket-9");
        Text(headers, HeaderNames.CausationId).ShouldBe("c-1");
        Text(headers, HeaderNames.TraceParent).ShouldStartWith(Trace[..36]);
    }

    [ConformanceFact]
    public async Task A_command_that_is_only_sent_is_decided_all_the_same()
    {
        await Commands.SendAsync(_id, "c-1", new SendParcel(_id, 500, null));
        (await AskAsync("c-2", 500)).ShouldBeOfType<CommandAccepted>().Version.ShouldBe(2);
    }

    [ConformanceFact]
    public async Task Who_was_told_another_number_of_partitions_is_told_the_real_one()
    {
        await Commands.ReadyAsync(TestContext.Current.CancellationToken);
        await using var other = new CommandClient(Options());
        var misled = other.For(TopicCatalogue.Of("parcels", partitionCount: 4));
        (await Should.ThrowAsync<TopicCountException>(() => AskAsync("c-1", 500, commands: misled))).Message.ShouldContain("has 3 partitions");
    }

    [ConformanceFact]
    public async Task A_service_gets_one_client_by_injection()
    {
        await using var services = new ServiceCollection().AddCommandClient(options =>
        {
            options.BootstrapServers = kafka.BootstrapServers;
            options.SchemaRegistry.Url = registry.Url;
            options.TopicPrefix = parcels.Prefix;
        }).BuildServiceProvider();
        var client = services.GetRequiredService<CommandClient>();
        client.For(Parcels).ShouldBeSameAs(services.GetRequiredService<CommandClient>().For(Parcels));
        (await AskAsync("c-1", 500, commands: client.For(Parcels))).ShouldBeOfType<CommandAccepted>();
    }

    private Task<CommandResult?> AskAsync(
        string commandId, int weightGrams, Circumstances? circumstances = null, TimeSpan? wait = null, ContextClient? commands = null) =>
        (commands ?? Commands).AskAsync(_id, commandId, new SendParcel(_id, weightGrams, null), circumstances, wait ?? Long);

    private CommandClientOptions Options(string? prefix = null) => new()
    {
        BootstrapServers = kafka.BootstrapServers,
        SchemaRegistry = { Url = registry.Url },
        TopicPrefix = prefix ?? parcels.Prefix,
    };

    private Message<byte[], byte[]> ReadFirstEvent()
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = kafka.BootstrapServers, GroupId = "unused", EnableAutoCommit = false, IsolationLevel = IsolationLevel.ReadCommitted,
        }).Build();
        consumer.Assign(new TopicPartitionOffset(
            parcels.Prefix + Parcels.Events.Name, Murmur2.Partition(_id, Parcels.PartitionCount), Offset.Beginning));
        while (consumer.Consume(Eventually.DefaultDeadline) is { } record)
        {
            if (Encoding.UTF8.GetString(record.Message.Key) == $"{_id}@1")
                return record.Message;
        }

        throw new TimeoutException($"{_id} has no event.");
    }

    private static string Text(Headers headers, string name) => Encoding.UTF8.GetString(headers.GetLastBytes(name));
}

public sealed class EmbeddedCommandClientTests(EmbeddedKafkaFixture kafka, EmbeddedRegistryFixture registry, ParcelInstallation parcels)
    : CommandClientConformance(kafka, registry, parcels), IClassFixture<ParcelInstallation>, IClassFixture<EmbeddedKafkaFixture>, IClassFixture<EmbeddedRegistryFixture>;

[Needs(RealServer.Kafka)]
public sealed class RealCommandClientTests(RealKafkaFixture kafka, EmbeddedRegistryFixture registry, ParcelInstallation parcels)
    : CommandClientConformance(kafka, registry, parcels), IClassFixture<ParcelInstallation>, IClassFixture<RealKafkaFixture>, IClassFixture<EmbeddedRegistryFixture>;
