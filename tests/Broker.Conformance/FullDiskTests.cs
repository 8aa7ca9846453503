using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Streaming.Broker.Conformance.Tests.Transactions;
using Streaming.Broker.Tests.Log;
using Streaming.Fixtures;
using KafkaError = Streaming.Broker.Wire.ErrorCode;

namespace Streaming.Broker.Conformance.Tests;

/// <summary>A disk without a byte left, under the real broker in a process of its own: what it refuses is not done, what it said is kept, and it goes on when there is room.</summary>
[NeedsSmallDisk]
public sealed class FullDiskTests : IDisposable
{
    private const int DiskMegabytes = 12;
    private const short Second = 12;
    private readonly TempFolder _folder = new("full");
    private readonly string _ballast = SomeNames.Name("ballast");
    private readonly string _kept = SomeNames.Name("kept");
    private readonly string _id = SomeNames.Name("id");
    private readonly string _group = SomeNames.Name("group");
    private readonly List<string> _acknowledged = [];
    private int _next;

    public void Dispose() => _folder.Dispose();

    [ConformanceFact]
    public async Task What_is_refused_is_not_done_what_was_said_is_kept_and_room_is_all_it_takes()
    {
        using var disk = (await SmallDisk.TryMountAsync(_folder.Path, DiskMegabytes))!;
        var broker = await BrokerProcess.StartAsync(_folder.Path, disk: disk);
        using (var client = await RawTransactions.ConnectAsync(broker.BootstrapServers, _id, isPatient: false))
        {
            await NewTopic.CreateAsync(broker.BootstrapServers, _ballast);
            await NewTopic.CreateAsync(broker.BootstrapServers, _kept);
            var (_, producer) = await client.InitializeAsync();
            (await client.ProduceAsync(Second, producer, _kept, sequence: 0)).ShouldBe(KafkaError.None);
            _acknowledged.Add("value");
            (await client.CommitOffsetAsync(5, producer, _group, _kept)).ShouldBe(KafkaError.None);

            await FillAsync(client, _ballast);
            (await WriteUntilRefusedAsync(client)).ShouldBe(KafkaError.KafkaStorageError);
            await ExpectRefusedAsync(broker, SomeNames.Name("never"));
            Clients.ReadAll(broker.BootstrapServers, _kept, isolation: IsolationLevel.ReadUncommitted).ShouldBe(_acknowledged);

            // Refused, or fitted into what was left of its page; but then it is decided, and asking again gets there when there is room.
            var end = await client.EndAsync(5, producer, isCommit: true);
            end.Error.ShouldBeOneOf(KafkaError.None, KafkaError.CoordinatorNotAvailable);

            using (var admin = Clients.Admin(broker.BootstrapServers))
                await admin.DeleteTopicsAsync([_ballast]);
            await NewTopic.CreateAsync(broker.BootstrapServers, SomeNames.Name("after"));
            (await client.EndAsync(5, producer, isCommit: true)).ShouldBe((KafkaError.None, producer with { ProducerEpoch = 1 }));
            (await WriteAsync(client, valueBytes: 10)).ShouldBe(KafkaError.None);
            (await client.FetchOffsetAsync(_group, _kept)).ShouldBe(7);
        }

        Clients.ReadAll(broker.BootstrapServers, _kept).ShouldBe(_acknowledged);
        await broker.KillAsync();
        await broker.DisposeAsync();
        broker = await BrokerProcess.StartAsync(_folder.Path, disk: disk);
        Clients.ReadAll(broker.BootstrapServers, _kept).ShouldBe(_acknowledged);
        Topics(broker).ShouldNotContain(name => name.StartsWith("never", StringComparison.Ordinal) || name == _ballast);
        await broker.DisposeAsync();
    }

    // Large batches first, then ever smaller ones, until not even a page is left.
    private static async Task FillAsync(RawTransactions client, string topic)
    {
        foreach (var bytes in new[] { 500_000, 50_000, 5_000, 500, 1 })
        {
            var batch = Some.Batch([new string('x', bytes)]);
            while (await client.ProduceAsync(Second, topic, batch) is var error && error != KafkaError.KafkaStorageError)
                error.ShouldBe(KafkaError.None);
        }
    }

    // The last page of a file may have room for some.
    private async Task<KafkaError> WriteUntilRefusedAsync(RawTransactions client)
    {
        for (var i = 0; i < 1_000; i++)
        {
            if (await WriteAsync(client, valueBytes: 100) is var error and not KafkaError.None)
                return error;
        }

        return KafkaError.None;
    }

    private async Task<KafkaError> WriteAsync(RawTransactions client, int valueBytes)
    {
        var value = $"{_next++}".PadRight(valueBytes);
        var error = await client.ProduceAsync(Second, _kept, Some.Batch([value]));
        if (error == KafkaError.None)
            _acknowledged.Add(value);
        return error;
    }

    private static async Task ExpectRefusedAsync(BrokerProcess broker, string topic)
    {
        using var admin = Clients.Admin(broker.BootstrapServers);
        var refused = await Should.ThrowAsync<CreateTopicsException>(() =>
            admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = 20, ReplicationFactor = 1 }]));
        refused.Results.Single().Error.Code.ShouldBe(ErrorCode.KafkaStorageError);
        Topics(broker).ShouldNotContain(topic);
    }

    private static List<string> Topics(BrokerProcess broker)
    {
        using var admin = Clients.Admin(broker.BootstrapServers);
        return [.. admin.GetMetadata(Clients.Deadline).Topics.Select(topic => topic.Topic)];
    }
}
