using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Streaming.ElasticSink;
using Streaming.ElasticSink.Client;
using Streaming.ElasticSink.Documents;
using Streaming.ElasticSink.Generations;
using Streaming.Sinks.Events;

namespace Streaming.Chaos.ReadSide.Destinations;

/// <summary>The search node's documents, each whole, with the plainest fold: event after event, in memory.</summary>
internal sealed class DocumentComparison : IComparison
{
    // In which epoch it was derived, and what the decoder makes of its bytes, is no matter of the log.
    private static readonly CanonicalJson Canonical = new(new HashSet<string> { "meta.epoch", "meta.hash" });

    private readonly ElasticOptions _options;
    private readonly SearchClient _client;

    public DocumentComparison(string url, string indexPrefix)
    {
        _options = new ElasticOptions { Url = url, IndexPrefix = indexPrefix };
        _client = new SearchClient(Options.Create(_options));
    }

    public async Task<Compared> CompareAsync(IReadOnlyList<RecordedEvent> log, CancellationToken cancellationToken)
    {
        var count = 0;
        foreach (var (model, expected) in Models.All.SelectMany(models => Expected(models, log)))
        {
            var compared = Compared.Of(model.Name, expected, await DocumentsAsync(model, cancellationToken));
            if (compared.Difference is not null)
                return compared;
            count += compared.Count;
        }

        return new(count, null);
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static IEnumerable<(ReadModel Model, IEnumerable<string> Documents)> Expected(ContextModels models, IReadOnlyList<RecordedEvent> log)
    {
        var events = log.Where(recorded => recorded.Topic.EndsWith(models.Topic, StringComparison.Ordinal)).ToList();
        yield return (models.State, Fold(models.State, events));
        if (models.Entries is { } entries)
            yield return (entries.Naming, events.Select(recorded => Text($"{recorded.AggregateId}@{recorded.Sequence}", json => entries.Write(json, recorded, MetaOf(recorded)))));
    }

    private static IEnumerable<string> Fold(ReadModel model, List<RecordedEvent> events)
    {
        foreach (var aggregate in events.GroupBy(recorded => recorded.AggregateId))
        {
            DerivedDocument? document = null;
            foreach (var recorded in aggregate)
                document = model.Project(document, recorded, MetaOf(recorded));
            yield return Text(aggregate.Key, json => model.Write(json, document!));
        }
    }

    private static DocumentMeta MetaOf(RecordedEvent recorded) => new(
        recorded.Sequence, Epoch: 1, recorded.Topic, recorded.Partition, recorded.Offset, recorded.RecordedAt, recorded.EventId, recorded.ContentHash);

    private async Task<List<string>> DocumentsAsync(ReadModel model, CancellationToken cancellationToken)
    {
        using (await _client.SendAsync(HttpMethod.Post, $"{model.IndexOf(_options)}/_refresh", default, cancellationToken))
        {
        }

        var documents = new List<string>();
        await foreach (var group in new IndexScan(_client, model.IndexOf(_options), model.Key).ReadAsync(cancellationToken))
        {
            foreach (var hit in group.Hits)
                documents.Add(Text(hit.GetProperty("_id").GetString()!, hit.GetProperty("_source")));
        }

        return documents;
    }

    private static string Text(string id, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
            write(json);
        using var parsed = JsonDocument.Parse(buffer.WrittenMemory);
        return Text(id, parsed.RootElement);
    }

    private static string Text(string id, JsonElement source)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
            Canonical.Write(json, source);
        return $"{id} {Encoding.UTF8.GetString(buffer.WrittenSpan)}";
    }
}
