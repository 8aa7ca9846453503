using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Streaming.Contracts.Envelope;
using Streaming.Serdes;
using Streaming.Serdes.Registry;

namespace Streaming.Chaos.ReadSide.Log;

/// <summary>Writes events in transactions, as command hosts do, through whatever happens to the broker.</summary>
/// <param name="contains">Whether an event is committed; asked where the answer to a commit was lost.</param>
internal sealed class EventWriter(string bootstrapServers, SchemaRegistryClient registry, string prefix, Func<Guid, CancellationToken, bool> contains) : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly byte[] Source = Encoding.UTF8.GetBytes("/streaming/chaos");

    private readonly Dictionary<string, int> _schemaIds = [];
    private IProducer<byte[], byte[]>? _producer;

    /// <summary>Transactions that were aborted on purpose, and those whose outcome had to be found out.</summary>
    public (int Aborted, int Doubtful) Counts { get; private set; }

    /// <summary>Writes all of it or nothing; returns once it is committed.</summary>
    /// <param name="abortsFirst">The same records come in an aborted transaction before.</param>
    /// <remarks>Blocks, as librdkafka's transactions do.</remarks>
    public void Write(IReadOnlyList<PlannedEvent> events, bool abortsFirst, CancellationToken cancellationToken)
    {
        var deadline = TimeProvider.System.GetUtcNow() + Patience;
        var isDoubtful = false;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                var producer = _producer ??= Open();
                if (isDoubtful && contains(events[0].EventId, cancellationToken))
                    return;
                if (abortsFirst)
                {
                    Send(producer, events);
                    producer.Flush(Timeout);
                    producer.AbortTransaction(Timeout);
                    Counts = (Counts.Aborted + 1, Counts.Doubtful);
                    abortsFirst = false;
                }

                Send(producer, events);
                producer.CommitTransaction(Timeout);
                return;
            }
            catch (Exception cause) when (cause is KafkaException or RegistryException && TimeProvider.System.GetUtcNow() < deadline)
            {
                // Whatever it was: the next producer of this id ends what is open, and then the log says what has become of it.
                if (_producer is not null)
                    Counts = (Counts.Aborted, Counts.Doubtful + 1);
                isDoubtful = true;
                Dispose();
                cancellationToken.WaitHandle.WaitOne(Pause);
            }
        }
    }

    public void Dispose()
    {
        _producer?.Dispose();
        _producer = null;
    }

    private IProducer<byte[], byte[]> Open()
    {
        var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
        {
            BootstrapServers = bootstrapServers, TransactionalId = prefix + "chaos-writer", LingerMs = 0, TransactionTimeoutMs = 10_000,
        }).SetLogHandler((_, _) => { /* Each failure reaches us as an exception, too. */ }).Build();
        try
        {
            producer.InitTransactions(Timeout);
            return producer;
        }
        catch
        {
            producer.Dispose();
            throw;
        }
    }

    private void Send(IProducer<byte[], byte[]> producer, IReadOnlyList<PlannedEvent> events)
    {
        producer.BeginTransaction();
        foreach (var planned in events)
            producer.Produce(new TopicPartition(prefix + planned.Topics.Events.Name, planned.Partition), Message(planned));
    }

    private Message<byte[], byte[]> Message(PlannedEvent planned)
    {
        var name = planned.Writer.FullName;
        var schema = planned.Writer.ToString();
        if (!_schemaIds.TryGetValue(schema, out var id))
            _schemaIds[schema] = id = registry.Register(name, schema);
        byte[] value = [.. new byte[WireFormat.PrefixBytes], .. planned.Body];
        WireFormat.WritePrefix(value, id);
        return new()
        {
            Key = Text(new EventKey(planned.AggregateId, planned.Sequence).ToString()),
            Value = value,
            Headers = new Headers
            {
                { HeaderNames.Id, Text(planned.EventId.ToString()) },
                { HeaderNames.Type, Text(name) },
                { HeaderNames.Source, Source },
                { HeaderNames.Subject, Text(planned.AggregateId) },
                { HeaderNames.Sequence, Text(planned.Sequence.ToString(CultureInfo.InvariantCulture)) },
                { HeaderNames.CausationId, Text($"command of {planned.EventId}") },
            },
        };
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
}
