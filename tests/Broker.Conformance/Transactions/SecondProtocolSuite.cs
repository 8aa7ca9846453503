using Streaming.Broker.Tests.Log;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;
using Streaming.Fixtures;

namespace Streaming.Broker.Conformance.Tests.Transactions;

/// <summary>The second transaction protocol, request by request: the same errors, epochs and markers as Apache Kafka's (KIP-890).</summary>
public abstract class SecondProtocolSuite(KafkaFixture kafka)
{
    private const short LastOfFirst = 11;
    private const short Second = 12;
    private readonly string _topic = SomeNames.Name("second");
    private readonly OneBroker _broker = OneBroker.Of(kafka.BootstrapServers);

    [ConformanceFact]
    public async Task Writing_adds_the_partition_and_every_end_raises_the_epoch()
    {
        using var client = await BeginAsync();
        var first = await InitializeAsync(client);
        first.ProducerEpoch.ShouldBe((short)0);
        (await client.ProduceAsync(Second, first, _topic, sequence: 0)).ShouldBe(ErrorCode.None);
        (await client.ProduceAsync(Second, first, _topic, sequence: 1)).ShouldBe(ErrorCode.None);

        var second = Succeeded(await client.EndAsync(5, first, isCommit: true));
        second.ShouldBe(first with { ProducerEpoch = 1 });
        (await client.ProduceAsync(Second, second, _topic, sequence: 0)).ShouldBe(ErrorCode.None);
        var third = Succeeded(await client.EndAsync(5, second, isCommit: false));

        third.ShouldBe(first with { ProducerEpoch = 2 });
        (await client.ReadAsync(_topic, count: 5)).ShouldBe(
        [
            new LoggedBatch(0, first, null), new LoggedBatch(1, first, null), new LoggedBatch(2, second, true),
            new LoggedBatch(3, second, null), new LoggedBatch(4, third, false),
        ]);
    }

    [ConformanceFact]
    public async Task A_batch_that_comes_after_the_end_of_its_transaction_is_refused()
    {
        using var client = await BeginAsync();
        var first = await InitializeAsync(client);
        (await client.ProduceAsync(Second, first, _topic, sequence: 0)).ShouldBe(ErrorCode.None);
        var second = Succeeded(await client.EndAsync(5, first, isCommit: true));
        await client.ReadAsync(_topic, count: 2);

        (await client.ProduceAsync(Second, first, _topic, sequence: 1)).ShouldBe(ErrorCode.InvalidProducerEpoch);
        (await client.CommitOffsetAsync(5, first, await GroupAsync(client), _topic)).ShouldBe(ErrorCode.InvalidProducerEpoch);
        (await client.AddAsync(first, _topic)).ShouldBe(ErrorCode.ProducerFenced);
        (await client.ProduceAsync(Second, second with { ProducerEpoch = 7 }, _topic, sequence: 0)).ShouldBe(ErrorCode.InvalidProducerEpoch);
        (await client.ProduceAsync(Second, second with { ProducerId = 987_654 }, _topic, sequence: 0)).ShouldBe(ErrorCode.InvalidProducerIdMapping);
        (await client.ProduceAsync(Second, second, _topic, sequence: 0)).ShouldBe(ErrorCode.None);
    }

    [ConformanceFact]
    public async Task Who_is_unknown_goes_on_with_any_sequence_and_then_with_the_next_only()
    {
        using var client = await BeginAsync();
        const long Forgotten = 876_543;
        (await client.ProduceAsync(Second, _topic, Batch(sequence: 41))).ShouldBe(ErrorCode.None);
        (await client.ProduceAsync(Second, _topic, Batch(sequence: 43))).ShouldBe(ErrorCode.OutOfOrderSequenceNumber);
        (await client.ProduceAsync(Second, _topic, Batch(sequence: 42))).ShouldBe(ErrorCode.None);

        static byte[] Batch(int sequence) => Some.Batch(["value"], Forgotten, epoch: 0, sequence);
    }

    [ConformanceFact]
    public async Task An_end_whose_answer_was_lost_is_answered_again_and_done_once()
    {
        using var client = await BeginAsync();
        var first = await InitializeAsync(client);
        (await client.ProduceAsync(Second, first, _topic, sequence: 0)).ShouldBe(ErrorCode.None);
        var second = Succeeded(await client.EndAsync(5, first, isCommit: true));

        Succeeded(await client.EndAsync(5, first, isCommit: true)).ShouldBe(second);
        (await client.EndAsync(5, first, isCommit: false)).Error.ShouldBe(ErrorCode.InvalidTxnState);
        (await client.ProduceAsync(Second, second, _topic, sequence: 0)).ShouldBe(ErrorCode.None);
        (await client.EndAsync(5, first, isCommit: true)).Error.ShouldBe(ErrorCode.ProducerFenced);
        var third = Succeeded(await client.EndAsync(5, second, isCommit: false));
        Succeeded(await client.EndAsync(5, second, isCommit: false)).ShouldBe(third);

        (await client.ReadAsync(_topic, count: 4)).Select(batch => batch.IsCommit).ShouldBe([null, true, null, false]);
    }

    [ConformanceFact]
    public async Task What_may_be_ended_when()
    {
        using var client = await BeginAsync();
        var first = await InitializeAsync(client);
        (await client.EndAsync(5, first, isCommit: true)).Error.ShouldBe(ErrorCode.InvalidTxnState);
        (await client.EndAsync(5, first with { ProducerEpoch = 1 }, isCommit: false)).Error.ShouldBe(ErrorCode.ProducerFenced);
        (await client.EndAsync(5, first with { ProducerId = 987_654 }, isCommit: false)).Error.ShouldBe(ErrorCode.InvalidProducerIdMapping);
        (await client.EndAsync(4, first, isCommit: false)).Error.ShouldBe(ErrorCode.InvalidTxnState);

        // Nothing was begun that the broker knows of; what may be on its way is kept out by the new epoch.
        var second = Succeeded(await client.EndAsync(5, first, isCommit: false));
        second.ShouldBe(first with { ProducerEpoch = 1 });
        Succeeded(await client.EndAsync(5, first, isCommit: false)).ShouldBe(second);
        (await client.EndAsync(5, first, isCommit: true)).Error.ShouldBe(ErrorCode.InvalidTxnState);
        (await client.EndAsync(5, second, isCommit: true)).Error.ShouldBe(ErrorCode.InvalidTxnState);
        var third = Succeeded(await client.EndAsync(5, second, isCommit: false));
        third.ProducerEpoch.ShouldBe((short)2);

        (await client.ProduceAsync(Second, third, _topic, sequence: 0)).ShouldBe(ErrorCode.None);
        var fourth = Succeeded(await client.EndAsync(5, third, isCommit: true));
        (await client.EndAsync(5, fourth, isCommit: true)).Error.ShouldBe(ErrorCode.InvalidTxnState);
        Succeeded(await client.EndAsync(5, fourth, isCommit: false)).ProducerEpoch.ShouldBe((short)4);
    }

    [ConformanceFact]
    public async Task Clients_of_the_first_protocol_must_add_what_they_write_in()
    {
        using var client = await BeginAsync();
        var producer = await InitializeAsync(client);
        (await client.ProduceAsync(LastOfFirst - 1, producer, _topic, sequence: 0)).ShouldBe(ErrorCode.InvalidTxnState);
        (await client.ProduceAsync(LastOfFirst, producer, _topic, sequence: 0)).ShouldBe(ErrorCode.TransactionAbortable);
        var group = await GroupAsync(client);
        (await client.CommitOffsetAsync(3, producer, group, _topic)).ShouldBe(ErrorCode.InvalidTxnState);
        (await client.CommitOffsetAsync(4, producer, group, _topic)).ShouldBe(ErrorCode.TransactionAbortable);

        (await client.AddAsync(producer, _topic)).ShouldBe(ErrorCode.None);
        (await client.ProduceAsync(LastOfFirst, producer, _topic, sequence: 0)).ShouldBe(ErrorCode.None);
        ErrorOf(await client.EndAsync(4, producer, isCommit: true)).ShouldBe(ErrorCode.None);

        (await client.ReadAsync(_topic, count: 2)).ShouldBe([new LoggedBatch(0, producer, null), new LoggedBatch(1, producer, true)]);
    }

    [ConformanceFact]
    public async Task A_client_changes_to_the_second_protocol_and_back()
    {
        using var client = await BeginAsync();
        var producer = await InitializeAsync(client);
        (await client.AddAsync(producer, _topic)).ShouldBe(ErrorCode.None);
        (await client.ProduceAsync(LastOfFirst, producer, _topic, sequence: 0)).ShouldBe(ErrorCode.None);
        ErrorOf(await client.EndAsync(4, producer, isCommit: true)).ShouldBe(ErrorCode.None);

        // Not before the marker: the epoch alone would not tell the one transaction from the other.
        await client.ReadAsync(_topic, count: 2);
        (await client.ProduceAsync(Second, producer, _topic, sequence: 1)).ShouldBe(ErrorCode.None);
        var raised = Succeeded(await client.EndAsync(5, producer, isCommit: true));
        raised.ShouldBe(producer with { ProducerEpoch = 1 });

        (await client.AddAsync(raised, _topic)).ShouldBe(ErrorCode.None);
        (await client.ProduceAsync(LastOfFirst, raised, _topic, sequence: 0)).ShouldBe(ErrorCode.None);
        ErrorOf(await client.EndAsync(4, raised, isCommit: false)).ShouldBe(ErrorCode.None);
        await client.ReadAsync(_topic, count: 6);
        (await client.ProduceAsync(Second, raised, _topic, sequence: 1)).ShouldBe(ErrorCode.None);
        Succeeded(await client.EndAsync(5, raised, isCommit: false)).ProducerEpoch.ShouldBe((short)2);

        (await client.ReadAsync(_topic, count: 8)).Select(batch => (batch.Producer.ProducerEpoch, batch.IsCommit)).ShouldBe(
        [
            ((short)0, null), ((short)0, true), ((short)0, null), ((short)1, true),
            ((short)1, null), ((short)1, false), ((short)1, null), ((short)2, false),
        ]);
    }

    [ConformanceFact]
    public async Task A_successor_ends_what_was_open_by_a_marker_that_keeps_its_predecessor_out()
    {
        using var client = await BeginAsync();
        var zombie = await InitializeAsync(client);
        (await client.ProduceAsync(Second, zombie, _topic, sequence: 0)).ShouldBe(ErrorCode.None);

        var successor = await InitializeAsync(client);

        (await client.ReadAsync(_topic, count: 2)).ShouldBe(
            [new LoggedBatch(0, zombie, null), new LoggedBatch(1, zombie with { ProducerEpoch = 1 }, false)]);
        successor.ShouldBe(zombie with { ProducerEpoch = 2 });
        (await client.ProduceAsync(Second, zombie, _topic, sequence: 1)).ShouldBe(ErrorCode.InvalidProducerEpoch);
        (await client.EndAsync(5, zombie, isCommit: true)).Error.ShouldBe(ErrorCode.ProducerFenced);
        (await client.InitializeAsync(zombie)).Error.ShouldBe(ErrorCode.ProducerFenced);
    }

    [ConformanceFact]
    public async Task A_producer_that_lost_the_answer_to_an_end_may_ask_for_its_epoch()
    {
        using var client = await BeginAsync();
        var first = await InitializeAsync(client);
        (await client.ProduceAsync(Second, first, _topic, sequence: 0)).ShouldBe(ErrorCode.None);
        var second = Succeeded(await client.EndAsync(5, first, isCommit: true));

        Succeeded(await client.InitializeAsync(first)).ShouldBe(second);
        Succeeded(await client.InitializeAsync(second)).ShouldBe(first with { ProducerEpoch = 2 });
        (await client.InitializeAsync(first)).Error.ShouldBe(ErrorCode.ProducerFenced);
    }

    [ConformanceFact]
    public async Task Committing_offsets_adds_their_partition()
    {
        using var client = await BeginAsync();
        var group = await GroupAsync(client);
        var first = await InitializeAsync(client);
        (await client.CommitOffsetAsync(5, first, group, _topic)).ShouldBe(ErrorCode.None);
        (await client.FetchOffsetAsync(group, _topic)).ShouldBe(-1);
        var second = Succeeded(await client.EndAsync(5, first, isCommit: true));

        await Eventually.Async(async () => await client.FetchOffsetAsync(group, _topic) == 7, Clients.Deadline, "the offset is committed");
        second.ProducerEpoch.ShouldBe((short)1);
        (await client.AddOffsetsAsync(second, group)).ShouldBe(ErrorCode.None);
        (await client.CommitOffsetAsync(3, second, group, _topic)).ShouldBe(ErrorCode.None);
    }

    [ConformanceFact]
    public async Task Brokers_ask_whether_a_partition_is_in_the_transaction()
    {
        var other = await _broker.CreateTopicAsync(SomeNames.Name("other"));
        using var client = await BeginAsync();
        var producer = await InitializeAsync(client);
        (await client.ProduceAsync(Second, producer, _topic, sequence: 0)).ShouldBe(ErrorCode.None);
        foreach (short version in new[] { 4, 5 })
        {
            (await client.VerifyAsync(version, producer, _topic)).ShouldBe(ErrorCode.None);
            (await client.VerifyAsync(version, producer, other)).ShouldBe(ErrorCode.TransactionAbortable);
            (await client.VerifyAsync(version, producer with { ProducerEpoch = 5 }, _topic)).ShouldBe(ErrorCode.ProducerFenced);
            (await client.VerifyAsync(version, producer with { ProducerId = 987_654 }, _topic)).ShouldBe(ErrorCode.InvalidProducerIdMapping);
        }
    }

    [ConformanceFact]
    public async Task A_producer_that_a_partition_does_not_know_begins_at_sequence_0()
    {
        using var client = await BeginAsync();
        var producer = await InitializeAsync(client);
        (await client.ProduceAsync(Second, producer, _topic, sequence: 3)).ShouldBe(ErrorCode.OutOfOrderSequenceNumber);

        // It is in the transaction all the same, which a client then aborts.
        (await client.VerifyAsync(5, producer, _topic)).ShouldBe(ErrorCode.None);
        var next = Succeeded(await client.EndAsync(5, producer, isCommit: false));
        (await client.ProduceAsync(Second, next, _topic, sequence: 0)).ShouldBe(ErrorCode.None);
    }

    [ConformanceFact]
    [Xunit.Trait("Run", "soak")]
    public async Task Behind_the_last_epoch_a_new_producer_id_begins()
    {
        using var client = await BeginAsync();
        var last = await InitializeAsync(client);
        while (last.ProducerEpoch < short.MaxValue - 1)
            last = await InitializeAsync(client);
        (await client.ProduceAsync(Second, last, _topic, sequence: 0)).ShouldBe(ErrorCode.None);

        var next = Succeeded(await client.EndAsync(5, last, isCommit: true));

        next.ProducerId.ShouldNotBe(last.ProducerId);
        next.ProducerEpoch.ShouldBe((short)0);
        Succeeded(await client.EndAsync(5, last, isCommit: true)).ShouldBe(next);
        (await client.ReadAsync(_topic, count: 2)).ShouldBe([new LoggedBatch(0, last, null), new LoggedBatch(1, last with { ProducerEpoch = short.MaxValue }, true)]);
        (await client.ProduceAsync(Second, last, _topic, sequence: 1)).ShouldBe(ErrorCode.InvalidProducerEpoch);
        (await client.ProduceAsync(Second, next, _topic, sequence: 0)).ShouldBe(ErrorCode.None);
    }

    private async Task<RawTransactions> BeginAsync()
    {
        await _broker.CreateTopicAsync(_topic);
        while (true)
        {
            var id = SomeNames.Name("id");
            var client = await RawTransactions.ConnectAsync(_broker.Address, id);
            if (await client.FindCoordinatorAsync(id, kind: 1) == _broker.Id)
                return client;
            client.Dispose();
        }
    }

    /// <summary>A group whose coordinator is the broker that everything else is asked, too.</summary>
    private async Task<string> GroupAsync(RawTransactions client)
    {
        var group = SomeNames.Name("group");
        while (await client.FindCoordinatorAsync(group, kind: 0) != _broker.Id)
            group = SomeNames.Name("group");
        return group;
    }

    private static async Task<ProducerStamp> InitializeAsync(RawTransactions client) => Succeeded(await client.InitializeAsync());

    private static ProducerStamp Succeeded((ErrorCode Error, ProducerStamp Producer) answer)
    {
        answer.Error.ShouldBe(ErrorCode.None);
        return answer.Producer;
    }

    private static ErrorCode ErrorOf((ErrorCode Error, ProducerStamp Producer) answer) => answer.Error;
}

public sealed class EmbeddedSecondProtocolTests(EmbeddedKafkaFixture kafka) : SecondProtocolSuite(kafka), IClassFixture<EmbeddedKafkaFixture>;

[Needs(RealServer.Kafka)]
public sealed class RealSecondProtocolTests(RealKafkaFixture kafka) : SecondProtocolSuite(kafka), IClassFixture<RealKafkaFixture>;
