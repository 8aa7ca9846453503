using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Streaming.ElasticSink.Client;
using Streaming.ElasticSink.Documents;
using Streaming.ElasticSink.Positions;
using Streaming.Fixtures;
using Streaming.Sinks;
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
        Checkpoints = new CheckpointIndex(Client, _options);
    }

    public SearchClient Client { get; }

    public CheckpointIndex Checkpoints { get; }

    public ElasticOptions Settings => _options.Value;

    /// <summary>As another host would have it: nothing in memory.</summary>
    public async Task<ElasticSearchSink> SinkAsync()
    {
        var sink = new ElasticSearchSink(Client, Checkpoints, _options);
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

    /// <summary>The same by the plainest fold: event after event, in memory.</summary>
    public static SortedDictionary<string, string> Fold(ReadModel model, IEnumerable<Streaming.Sinks.Events.RecordedEvent> events, int epoch = 1, bool withEpoch = false)
    {
        var (state, documents) = (new Dictionary<string, object>(), new SortedDictionary<string, string>(StringComparer.Ordinal));
        foreach (var recorded in events)
        {
            var document = state[recorded.AggregateId] = model.Project(state.GetValueOrDefault(recorded.AggregateId), recorded);
            var meta = new DocumentMeta(recorded.Sequence, epoch, recorded.Topic, recorded.Partition, recorded.Offset, recorded.RecordedAt, recorded.EventId, recorded.ContentHash);
            using var text = new MemoryStream();
            using (var json = new Utf8JsonWriter(text))
                model.Write(json, document, meta);
            using var parsed = JsonDocument.Parse(text.ToArray());
            documents[recorded.AggregateId] = Text(parsed.RootElement, withEpoch);
        }

        return documents;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var index in Models.Indices.Select(model => model.IndexOf(Settings)).Append(Checkpoints.Name))
        {
            try
            {
                using var gone = await Client.SendAsync(HttpMethod.Delete, index, default, CancellationToken.None);
            }
            catch (SearchServerException)
            {
                // It was never made.
            }
        }

        Client.Dispose();
    }

    private static string Text(JsonElement source, bool withEpoch)
    {
        var node = System.Text.Json.Nodes.JsonObject.Create(source.Clone())!;
        if (!withEpoch)
            node["meta"]!.AsObject().Remove("epoch");
        return node.ToJsonString();
    }
}
