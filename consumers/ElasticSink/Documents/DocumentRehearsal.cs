using Streaming.ElasticSink.Client;
using Streaming.Sinks.DryRuns;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;

namespace Streaming.ElasticSink.Documents;

/// <summary>What the sink can do without its server: documents folded in memory, and the bulk request that would be sent.</summary>
/// <remarks>In memory is one document per aggregate.</remarks>
internal sealed class DocumentRehearsal(SourcePartition source, ContextModels models, ElasticOptions options) : IRehearsal, IDisposable
{
    private readonly Dictionary<string, DerivedDocument> _documents = [];
    private readonly BulkRequest _request = new();

    public string Scope => "Each was folded into its document in memory, from the first on, and the bulk request was written. "
        + "The server was neither read nor written: its mappings were not tried, nor what is in its indices.";

    public Task TryAsync(RecordedEvent recorded, SinkMode mode, CancellationToken cancellationToken)
    {
        var batch = new EventBatch(source, [recorded], recorded.Offset + 1, Epoch: 1, Fence: 1, new GroupOffsets(null, null), mode);
        var fold = new DocumentFold(models, batch, _documents);
        fold.Add(recorded);
        _request.Clear();
        fold.Write(_request, options);
        foreach (var (id, derived) in fold.Changed)
            _documents[id] = derived;
        return Task.CompletedTask;
    }

    public void Dispose() => _request.Dispose();
}
