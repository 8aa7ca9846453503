using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Streaming.ElasticSink.Client;
using Streaming.ElasticSink.Documents;
using Streaming.ElasticSink.Generations;
using Streaming.ElasticSink.Positions;
using Streaming.Fixtures;
using Streaming.Sinks;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;

namespace Streaming.ElasticSink.Tests.Support;

/// <summary>Indices of one test's own on a server, and the sinks that write there.</summary>
internal sealed class Destination : IAsyncDisposable
{
    private readonly IOptions<ElasticOptions> _options;

    public Destination(string url)
    {
        _options = Options.Create(new ElasticOptions { Url = url, IndexPrefix = SomeNames.Name("t") + "-" });
        Client = new SearchClient(_options);
        Checkpoints = new CheckpointIndex(Client, Settings);
    }

    public SearchClient Client { get; }

    public CheckpointIndex Checkpoints { get; }

    public ElasticOptions Settings => _options.Value;

    public ElasticGenerations Generations => new(Client, Settings, TimeProvider.System);

    /// <summary>As another host would have it: nothing in memory.</summary>
    public async Task<ElasticSearchSink> SinkAsync(int generation = 1)
    {
        var sink = new ElasticSearchSink(Client, Settings.Of(generation));
        await sink.PrepareAsync(CancellationToken.None);
        return sink;
    }

    public static Task<Checkpoint> TakeAsync(ElasticSearchSink sink, SourcePartition source) => sink.TakeAsync(source, new InitialPosition(0, 0, null), CancellationToken.None);

    /// <summary>Every document of a model as JSON, by id; what says when and in which epoch it was derived is left out.</summary>
    public async Task<SortedDictionary<string, string>> DocumentsAsync(ReadModel model, bool withEpoch = false)
    {
        using (await Client.SendAsync(HttpMethod.Post, $"{model.IndexOf(Settings)}/_refresh", default, CancellationToken.None))
        {
        }

        using var answer = await Client.SendAsync(HttpMethod.Post, $"{model.AliasOf(Settings)}/_search", Encoding.UTF8.GetBytes("""{"size":10000}"""), CancellationToken.None);
        var documents = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var hit in answer.RootElement.GetProperty("hits").GetProperty("hits").EnumerateArray())
            documents.Add(hit.GetProperty("_id").GetString()!, Text(hit.GetProperty("_source"), withEpoch));
        return documents;
    }

    /// <summary>A document as it is in an index.</summary>
    public async Task<JsonObject> SourceAsync(string index, string id)
    {
        using var answer = await Client.TryGetAsync($"{index}/_doc/{id}", CancellationToken.None);
        return JsonObject.Create(answer!.RootElement.GetProperty("_source").Clone())!;
    }

    /// <summary>Puts a document into an index by hand, past the sink.</summary>
    public async Task PutAsync(string index, string id, JsonObject source) =>
        (await Client.SendAsync(HttpMethod.Put, $"{index}/_doc/{id}", Encoding.UTF8.GetBytes(source.ToJsonString()), CancellationToken.None)).Dispose();

    /// <summary>One document for each event, as a plain walk of the log has them.</summary>
    public static SortedDictionary<string, string> FoldEntries(EventModel model, IEnumerable<RecordedEvent> events)
    {
        var documents = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var recorded in events)
        {
            documents[$"{recorded.AggregateId}@{recorded.Sequence}"] = Text(withEpoch: false, json => model.Write(json, recorded, MetaOf(recorded, epoch: 1)));
        }

        return documents;
    }

    /// <summary>The same by the plainest fold: event after event, in memory.</summary>
    public static SortedDictionary<string, string> Fold(ReadModel model, IEnumerable<RecordedEvent> events, int epoch = 1, bool withEpoch = false)
    {
        var (state, documents) = (new Dictionary<string, DerivedDocument>(), new SortedDictionary<string, string>(StringComparer.Ordinal));
        foreach (var recorded in events)
        {
            var document = state[recorded.AggregateId] = model.Project(state.GetValueOrDefault(recorded.AggregateId), recorded, MetaOf(recorded, epoch));
            documents[recorded.AggregateId] = Text(withEpoch, json => model.Write(json, document));
        }

        return documents;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var index in (await IndexListing.ReadAsync(Client, Settings, CancellationToken.None)).Indices.Select(index => index.Name).Append(Checkpoints.Name))
            await Client.DeleteAsync(index, CancellationToken.None);

        Client.Dispose();
    }

    private static DocumentMeta MetaOf(RecordedEvent recorded, int epoch) =>
        new(recorded.Sequence, epoch, recorded.Topic, recorded.Partition, recorded.Offset, recorded.RecordedAt, recorded.EventId, recorded.ContentHash);

    private static string Text(bool withEpoch, Action<Utf8JsonWriter> write)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
            write(json);
        using var parsed = JsonDocument.Parse(text.ToArray());
        return Text(parsed.RootElement, withEpoch);
    }

    private static string Text(JsonElement source, bool withEpoch)
    {
        var node = JsonObject.Create(source.Clone())!;
        if (!withEpoch)
            node["meta"]!.AsObject().Remove("epoch");
        return node.ToJsonString();
    }
}
