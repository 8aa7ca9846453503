// A Kafka endpoint in this process: started, written to, read from, gone.
using Confluent.Kafka;
using Streaming.Broker;

var folder = Directory.CreateTempSubdirectory("broker-sample-").FullName;
await using (var broker = await EmbeddedBroker.StartAsync(new BrokerOptions { DataDirectory = folder, AutoCreateTopics = true }))
{
    using var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = broker.BootstrapServers }).Build();
    await producer.ProduceAsync("greetings", new Message<string, string> { Key = "en", Value = "hello" });
    await producer.ProduceAsync("greetings", new Message<string, string> { Key = "de", Value = "hallo" });

    using var consumer = new ConsumerBuilder<string, string>(new ConsumerConfig
    {
        BootstrapServers = broker.BootstrapServers, GroupId = "sample", AutoOffsetReset = AutoOffsetReset.Earliest,
    }).Build();
    consumer.Subscribe("greetings");
    for (var i = 0; i < 2; i++)
    {
        var read = consumer.Consume(TimeSpan.FromSeconds(30)) ?? throw new TimeoutException("Nothing to read.");
        Console.WriteLine($"{read.TopicPartitionOffset}: {read.Message.Key} = {read.Message.Value}");
    }
    consumer.Close();
}
Directory.Delete(folder, recursive: true);
