using System.Text;
using Confluent.Kafka;

namespace Streaming.Broker.Conformance.Tests;

/// <summary>Confluent.Kafka clients as the pipeline configures them, and short ways to say what tests say often.</summary>
internal static class Clients
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public static IProducer<string, string> Idempotent(string bootstrapServers) => new ProducerBuilder<string, string>(new ProducerConfig
    {
        BootstrapServers = bootstrapServers,
        EnableIdempotence = true,
        LingerMs = 1,
    }).SetLogHandler(Silent).Build();

    public static IProducer<string, string> Transactional(string bootstrapServers, string transactionalId, int timeoutMs = 10_000) =>
        new ProducerBuilder<string, string>(new ProducerConfig
        {
            BootstrapServers = bootstrapServers,
            TransactionalId = transactionalId,
            TransactionTimeoutMs = timeoutMs,
            RetryBackoffMs = 5,
            LingerMs = 1,
        }).SetLogHandler(Silent).Build();

    public static IConsumer<string, string> Consumer(
        string bootstrapServers, IsolationLevel isolation = IsolationLevel.ReadCommitted, string group = "unused") =>
        new ConsumerBuilder<string, string>(new ConsumerConfig
        {
            BootstrapServers = bootstrapServers,
            GroupId = group,
            IsolationLevel = isolation,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false,
            EnablePartitionEof = true,
            FetchWaitMaxMs = 100,
        }).SetLogHandler(Silent).Build();

    public static IAdminClient Admin(string bootstrapServers) =>
        new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrapServers }).SetLogHandler(Silent).Build();

    /// <summary>All values of the partition up to its present end, as the isolation level sees it.</summary>
    public static List<string> ReadAll(string bootstrapServers, string topic, int partition = 0, IsolationLevel isolation = IsolationLevel.ReadCommitted) =>
        [.. ReadRecords(bootstrapServers, topic, partition, isolation).Select(record => record.Message.Value)];

    public static List<ConsumeResult<string, string>> ReadRecords(
        string bootstrapServers, string topic, int partition = 0, IsolationLevel isolation = IsolationLevel.ReadCommitted)
    {
        using var consumer = Consumer(bootstrapServers, isolation);
        consumer.Assign(new TopicPartitionOffset(topic, partition, Offset.Beginning));
        var records = new List<ConsumeResult<string, string>>();
        using var deadline = new CancellationTokenSource(Deadline);
        while (consumer.Consume(deadline.Token) is { IsPartitionEOF: false } record)
            records.Add(record);
        return records;
    }

    public static Message<string, string> Message(string value, string key = "k") => new() { Key = key, Value = value };

    public static Message<byte[], byte[]> Bytes(string value) => new() { Value = Encoding.UTF8.GetBytes(value) };

    public static void Silent<T>(T client, LogMessage message)
    {
        // Fenced and refused clients are what these tests are about; librdkafka says so on the console otherwise.
    }
}
