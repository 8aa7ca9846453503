using System.Text;
using Confluent.Kafka;
using Streaming.Fixtures;

namespace Streaming.Cli.Tests.Running;

/// <summary>A topic of the stack, read and written as nobody should.</summary>
internal sealed class Topic(Stack stack, string name)
{
    private const int Partitions = 6;

    private readonly string _name = stack.Prefix + name;

    /// <summary>The newest record under a key, once there is one.</summary>
    public Task<ConsumeResult<byte[], byte[]?>> NewestAsync(string key, Func<ConsumeResult<byte[], byte[]?>, bool>? where = null) => Eventually.NotNullAsync(
        () => Task.Run(() => Read().LastOrDefault(record => Encoding.UTF8.GetString(record.Message.Key) == key && where?.Invoke(record) is null or true)),
        Stack.Patience, $"{_name} has {key}");

    public List<ConsumeResult<byte[], byte[]?>> Read()
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]?>(new ConsumerConfig
        {
            BootstrapServers = stack.BootstrapServers, GroupId = "unused", IsolationLevel = IsolationLevel.ReadCommitted, EnablePartitionEof = true,
            FetchWaitMaxMs = 10, EnableAutoCommit = false,
        }).Build();
        consumer.Assign(Enumerable.Range(0, Partitions).Select(partition => new TopicPartitionOffset(_name, partition, Offset.Beginning)));
        var records = new List<ConsumeResult<byte[], byte[]?>>();
        for (var ends = 0; ends < Partitions;)
        {
            var record = consumer.Consume(TimeSpan.FromSeconds(10)) ?? throw new TimeoutException($"{_name} cannot be read.");
            if (record.IsPartitionEOF)
                ends++;
            else
                records.Add(record);
        }

        return records;
    }

    public async Task WriteAsync(int partition, string key, byte[] value, Headers headers)
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = stack.BootstrapServers }).Build();
        await producer.ProduceAsync(new TopicPartition(_name, partition), new() { Key = Encoding.UTF8.GetBytes(key), Value = value, Headers = headers });
    }

    /// <summary>Has a partition show readers nothing more, by a transaction that stays open until this is disposed of.</summary>
    public IDisposable Hold(int partition)
    {
        var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
        {
            BootstrapServers = stack.BootstrapServers, TransactionalId = SomeNames.Name("holds"), TransactionTimeoutMs = 600_000,
        }).Build();
        producer.InitTransactions(TimeSpan.FromSeconds(30));
        producer.BeginTransaction();
        producer.Produce(new TopicPartition(_name, partition), new() { Key = "nobody"u8.ToArray(), Value = [] });
        producer.Flush(TimeSpan.FromSeconds(30));
        return new Held(producer);
    }

    private sealed class Held(IProducer<byte[], byte[]> producer) : IDisposable
    {
        public void Dispose()
        {
            producer.AbortTransaction(TimeSpan.FromSeconds(30));
            producer.Dispose();
        }
    }
}
