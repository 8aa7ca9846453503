using Confluent.Kafka;
using Streaming.Fixtures;

namespace Streaming.Broker.Conformance.Tests;

/// <summary>Transactions: all or nothing for read-committed consumers, one producer per transactional id.</summary>
public abstract class TransactionSuite(KafkaFixture kafka)
{
    private readonly string _topic = SomeNames.Name("transactions");
    private readonly string _id = SomeNames.Name("id");
    private int _partitions = 1;

    [ConformanceFact]
    public async Task A_commit_is_seen_whole_and_an_abort_not_at_all()
    {
        _partitions = 2;
        await kafka.CreateTopicAsync(_topic, _partitions);
        using var producer = Clients.Transactional(kafka.BootstrapServers, _id);
        producer.InitTransactions(Clients.Deadline);
        Run(producer, isCommit: true, "a", "b");
        Run(producer, isCommit: false, "lost", "lost too");
        Run(producer, isCommit: true, "c");

        Clients.ReadAll(kafka.BootstrapServers, _topic).ShouldBe(["a", "b", "c"]);
        Clients.ReadAll(kafka.BootstrapServers, _topic, partition: 1).ShouldBe(["a", "b", "c"]);
        Clients.ReadAll(kafka.BootstrapServers, _topic, isolation: IsolationLevel.ReadUncommitted).ShouldBe(["a", "b", "lost", "lost too", "c"]);
    }

    [ConformanceFact]
    public async Task An_open_transaction_holds_back_what_is_behind_it()
    {
        await kafka.CreateTopicAsync(_topic);
        using var transactional = Clients.Transactional(kafka.BootstrapServers, _id);
        using var plain = Clients.Idempotent(kafka.BootstrapServers);
        transactional.InitTransactions(Clients.Deadline);
        await plain.ProduceAsync(_topic, Clients.Message("before"));
        transactional.BeginTransaction();
        await transactional.ProduceAsync(_topic, Clients.Message("inside"));
        await plain.ProduceAsync(_topic, Clients.Message("behind"));

        Clients.ReadAll(kafka.BootstrapServers, _topic).ShouldBe(["before"]);
        Clients.ReadAll(kafka.BootstrapServers, _topic, isolation: IsolationLevel.ReadUncommitted).ShouldBe(["before", "inside", "behind"]);
        StableEnd().ShouldBe(1);
        transactional.CommitTransaction(Clients.Deadline);
        await Eventually.Async(() => StableEnd() == 4, "the last stable offset moves past the marker");
        Clients.ReadAll(kafka.BootstrapServers, _topic).ShouldBe(["before", "inside", "behind"]);

        long StableEnd()
        {
            using var consumer = Clients.Consumer(kafka.BootstrapServers);
            return consumer.QueryWatermarkOffsets(new TopicPartition(_topic, 0), Clients.Deadline).High.Value;
        }
    }

    [ConformanceFact]
    public async Task A_second_producer_of_the_id_fences_the_first_and_ends_its_transaction()
    {
        await kafka.CreateTopicAsync(_topic);
        using var first = Clients.Transactional(kafka.BootstrapServers, _id);
        first.InitTransactions(Clients.Deadline);
        first.BeginTransaction();
        await first.ProduceAsync(_topic, Clients.Message("zombie"));

        using var second = Clients.Transactional(kafka.BootstrapServers, _id);
        second.InitTransactions(Clients.Deadline);
        Run(second, isCommit: true, "successor");

        Should.Throw<KafkaException>(() => first.CommitTransaction(Clients.Deadline)).Error.Code
            .ShouldBeOneOf(ErrorCode.Local_Fenced, ErrorCode.InvalidProducerEpoch, ErrorCode.ProducerFenced);
        Clients.ReadAll(kafka.BootstrapServers, _topic).ShouldBe(["successor"]);
    }

    [ConformanceFact]
    public async Task A_transaction_past_its_time_is_aborted()
    {
        await kafka.CreateTopicAsync(_topic);
        using var slow = Clients.Transactional(kafka.BootstrapServers, _id, timeoutMs: 1_000);
        slow.InitTransactions(Clients.Deadline);
        slow.BeginTransaction();
        await slow.ProduceAsync(_topic, Clients.Message("never"));
        using var plain = Clients.Idempotent(kafka.BootstrapServers);
        await plain.ProduceAsync(_topic, Clients.Message("after"));

        // Kafka looks for such transactions every 10 s.
        await Eventually.Async(() => Clients.ReadAll(kafka.BootstrapServers, _topic).Contains("after"), TimeSpan.FromSeconds(40), "the transaction is aborted");
        Clients.ReadAll(kafka.BootstrapServers, _topic).ShouldBe(["after"]);
        Should.Throw<KafkaException>(() => slow.CommitTransaction(Clients.Deadline));
    }

    [ConformanceFact]
    public async Task Offsets_in_a_transaction_count_once_it_commits()
    {
        await kafka.CreateTopicAsync(_topic);
        var group = SomeNames.Name("group");
        using (var plain = Clients.Idempotent(kafka.BootstrapServers))
            for (var i = 0; i < 5; i++)
                await plain.ProduceAsync(_topic, Clients.Message(i.ToString()));
        using var consumer = Clients.Consumer(kafka.BootstrapServers, group: group);
        consumer.Subscribe(_topic);
        using var deadline = new CancellationTokenSource(Clients.Deadline);
        consumer.Consume(deadline.Token).ShouldNotBeNull();

        using var producer = Clients.Transactional(kafka.BootstrapServers, _id);
        producer.InitTransactions(Clients.Deadline);
        Send(3);
        producer.AbortTransaction(Clients.Deadline);
        Committed().ShouldBe(Offset.Unset.Value);
        Send(4);
        producer.CommitTransaction(Clients.Deadline);
        await Eventually.Async(() => Committed() == 4, "the committed offset is 4");

        void Send(long offset)
        {
            producer.BeginTransaction();
            producer.SendOffsetsToTransaction([new TopicPartitionOffset(_topic, 0, offset)], consumer.ConsumerGroupMetadata, Clients.Deadline);
        }

        long Committed() => consumer.Committed([new TopicPartition(_topic, 0)], Clients.Deadline)[0].Offset.Value;
    }

    private void Run(IProducer<string, string> producer, bool isCommit, params string[] values)
    {
        producer.BeginTransaction();
        foreach (var value in values)
        {
            for (var partition = 0; partition < _partitions; partition++)
                producer.Produce(new TopicPartition(_topic, partition), Clients.Message(value));
        }

        producer.Flush(Clients.Deadline);
        if (isCommit)
            producer.CommitTransaction(Clients.Deadline);
        else
            producer.AbortTransaction(Clients.Deadline);
    }
}

public sealed class EmbeddedTransactionTests(EmbeddedKafkaFixture kafka) : TransactionSuite(kafka), IClassFixture<EmbeddedKafkaFixture>;

[Needs(RealServer.Kafka)]
public sealed class RealTransactionTests(RealKafkaFixture kafka) : TransactionSuite(kafka), IClassFixture<RealKafkaFixture>;
