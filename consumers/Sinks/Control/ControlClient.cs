using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Streaming.Contracts.Control;
using Streaming.Contracts.Topics;
using Streaming.Hosting.Kafka;
using Streaming.Sinks.DeadLetters;
using Streaming.Sinks.Reading;
using Streaming.Sinks.Worker;

namespace Streaming.Sinks.Control;

/// <summary>How people and their tools speak with sinks: through the cluster, so that no host's address is needed.</summary>
/// <param name="prefix">The installation's.</param>
public sealed class ControlClient(KafkaOptions kafka, string prefix, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(100);

    private readonly LogReader _log = new(ConsumerSettings.OutsideGroups(kafka, "control-client"));
    private readonly IProducer<byte[]?, byte[]?> _producer =
        QuietClients.Producer(ConsumerSettings.Producer(kafka));

    private string Control => prefix + TopicCatalogue.Control.Name;

    /// <summary>Asks, and waits until each of the request's partitions has answered.</summary>
    /// <param name="patience">For how long.</param>
    /// <returns>The answers so far: fewer than partitions when no host has some of them, or they are busy.</returns>
    /// <exception cref="KafkaException">The cluster didn't take it.</exception>
    public async Task<IReadOnlyList<SinkAnswer>> AskAsync(string sink, SinkRequest request, TimeSpan patience, CancellationToken cancellationToken)
    {
        var asked = await _producer.WriteAsync(Control, ControlKey.Request(sink, request.Id), JsonSerializer.SerializeToUtf8Bytes(request, ControlJson.Default.SinkRequest), cancellationToken);
        var wanted = request.Targets.Select(target => (target.Topic, target.Partition)).ToHashSet();
        var answers = new Dictionary<(string, int), SinkAnswer>();
        var started = time.GetTimestamp();
        for (var next = asked.Offset.Value + 1; answers.Count < wanted.Count && time.GetElapsedTime(started) < patience;)
        {
            (var records, next) = await _log.ReadAsync(new TopicPartition(Control, 0), next, cancellationToken);
            foreach (var answer in records.Select(record => AnswerOrNull(record, sink, request.Id)).OfType<SinkAnswer>())
                answers[(answer.Topic, answer.Partition)] = answer;
            if (records.Count == 0)
                await Task.Delay(PollTime, time, cancellationToken);
        }

        return [.. answers.Values.OrderBy(answer => (answer.Topic, answer.Partition))];
    }

    /// <summary>Has a sink stand still, or go on.</summary>
    public Task PauseAsync(string sink, SinkPause pause, CancellationToken cancellationToken) =>
        _producer.WriteAsync(Control, ControlKey.Pause(sink), JsonSerializer.SerializeToUtf8Bytes(pause, ControlJson.Default.SinkPause), cancellationToken);

    /// <summary>Which generations of a sink are written and shown; null while nobody has set anything.</summary>
    public async Task<SinkGenerations?> GenerationsAsync(string sink, CancellationToken cancellationToken)
    {
        var (records, _) = await _log.ReadAsync(new TopicPartition(Control, 0), fromOffset: 0, cancellationToken);
        var ledger = new GenerationLedger();
        foreach (var record in records)
            Take(ledger, record, sink);
        return ledger.Newest;
    }

    /// <summary>Sets which generations hosts are to run. What readers see is set by the host that swaps.</summary>
    /// <param name="changed">A change of what <see cref="GenerationsAsync"/> told, with its version.</param>
    /// <returns>Null where this holds; otherwise what somebody else has set since then, which holds instead.</returns>
    /// <exception cref="KafkaException">The cluster didn't take it.</exception>
    public async Task<SinkGenerations?> DeclareAsync(string sink, SinkGenerations changed, CancellationToken cancellationToken)
    {
        var written = await _producer.DeclareAsync(Control, ControlKey.Generations(sink, Guid.CreateVersion7().ToString()), changed, cancellationToken);
        var (records, _) = await _log.ReadAsync(new TopicPartition(Control, 0), fromOffset: 0, written.Offset.Value + 1, cancellationToken);
        var (ledger, holds) = (new GenerationLedger(), false);
        foreach (var record in records)
            holds = Take(ledger, record, sink) && record.Offset == written.Offset;
        return holds ? null : ledger.Newest;
    }

    /// <summary>The comparisons of a sink's generations that are on record, the newest last.</summary>
    public async Task<IReadOnlyList<SinkAnswer>> ProofsAsync(string sink, CancellationToken cancellationToken)
    {
        var (records, _) = await _log.ReadAsync(new TopicPartition(Control, 0), fromOffset: 0, cancellationToken);
        return [.. records.Select(record => AnswerOrNull(record, sink, requestId: null)).OfType<SinkAnswer>().Where(answer => answer.Proof is not null).OrderBy(answer => answer.At)];
    }

    /// <summary>Takes back what was reported on a sink that is no more.</summary>
    internal async Task ForgetAsync(string sink, CancellationToken cancellationToken)
    {
        foreach (var report in (await ReportsAsync(cancellationToken)).Where(report => report.Sink == sink))
            await _producer.ProduceAsync(prefix + TopicCatalogue.Status.Name, new() { Key = Encoding.UTF8.GetBytes(report.Key) }, cancellationToken);
    }

    /// <summary>What hosts said last about each partition of each sink; some of them may be gone since.</summary>
    public async Task<IReadOnlyList<SinkReport>> ReportsAsync(CancellationToken cancellationToken)
    {
        var newest = new Dictionary<string, SinkReport>();
        var (records, _) = await _log.ReadAsync(new TopicPartition(prefix + TopicCatalogue.Status.Name, 0), fromOffset: 0, cancellationToken);
        foreach (var record in records)
        {
            if (record.Message.Value is not { } value)
                newest.Remove(Encoding.UTF8.GetString(record.Message.Key!));
            else if (JsonSerializer.Deserialize(value, ControlJson.Default.SinkReport) is { } report)
                newest[report.Key] = report;
        }

        return [.. newest.Values.OrderBy(report => (report.Sink, report.Topic, report.Partition))];
    }

    /// <summary>A sink's dead letters as they are now, in the order of the log.</summary>
    public async Task<IReadOnlyList<DeadLetter>> DeadLettersAsync(string sink, CancellationToken cancellationToken)
    {
        var topic = prefix + TopicCatalogue.DeadLettersOf(sink).Name;
        var letters = new List<ConsumeResult<byte[]?, byte[]?>>();
        for (var partition = 0; partition < TopicCatalogue.PartitionCount; partition++)
        {
            var (records, _) = await _log.ReadAsync(new TopicPartition(topic, partition), fromOffset: 0, cancellationToken);
            letters.AddRange(records);
        }

        return DeadLetterFormat.Newest(letters);
    }

    public void Dispose()
    {
        _producer.Dispose();
        _log.Dispose();
    }

    /// <summary>Whether a record is a declaration that holds.</summary>
    private static bool Take(GenerationLedger ledger, ConsumeResult<byte[]?, byte[]?> record, string sink)
    {
        try
        {
            return record.Message.Key is { } bytes && ControlKey.TryParse(Encoding.UTF8.GetString(bytes), out var key) && key.Sink == sink && key.IsGenerations
                && ledger.Take(key, record.Message.Value);
        }
        catch (JsonException)
        {
            return false;   // Hosts leave it out as well, and say so in their logs.
        }
    }

    private static SinkAnswer? AnswerOrNull(ConsumeResult<byte[]?, byte[]?> record, string sink, string? requestId) =>
        record.Message is { Key: { } bytes, Value: { } value } && ControlKey.TryParse(Encoding.UTF8.GetString(bytes), out var key) && key.Sink == sink && key.IsAnswer
            && JsonSerializer.Deserialize(value, ControlJson.Default.SinkAnswer) is { } answer && answer.RequestId == (requestId ?? answer.RequestId) ? answer : null;
}
