global using Streaming.Fixtures;

[assembly: AssemblyFixture(typeof(KafkaFixture))]
