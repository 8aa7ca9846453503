using Streaming.ElasticSink.Client;
using Streaming.Sinks.Events;

namespace Streaming.ElasticSink.Documents;

/// <summary>One batch folded over the documents before it, in memory.</summary>
internal sealed class DocumentFold(ContextModels models, EventBatch batch, IReadOnlyDictionary<string, DerivedDocument> before)
{
    private readonly Dictionary<string, DerivedDocument> _changed = [];
    private readonly List<(RecordedEvent Recorded, DocumentMeta Meta)> _new = [];

    /// <summary>The documents after the batch.</summary>
    public IReadOnlyDictionary<string, DerivedDocument> Changed => _changed;

    public bool IsEmpty => _changed.Count == 0 && _new.Count == 0;

    /// <exception cref="PoisonEventException">The event belongs to something else, leaves a gap, or contradicts one that was applied.</exception>
    public void Add(RecordedEvent recorded)
    {
        var row = _changed.TryGetValue(recorded.AggregateId, out var found) || before.TryGetValue(recorded.AggregateId, out found) ? found : null;
        switch (batch.Judge(recorded, row?.Meta.Sequence ?? 0, row?.Meta.Offset ?? -1))
        {
            case SequenceVerdict.Gap:
                throw SequenceRule.Gap(recorded, row?.Meta.Sequence ?? 0);
            case SequenceVerdict.Repeated when row!.Meta.Sequence == recorded.Sequence && row.Meta.Hash != recorded.ContentHash:
                throw SequenceRule.Conflict(recorded);
            case SequenceVerdict.Repeated:
                // The server takes each item by itself: a bulk request that was cut off, or met a busy shard, may have left the document without the entry.
                if (models.Entries is not null && recorded.Offset <= row!.Meta.Offset)
                    _new.Add((recorded, MetaOf(recorded)));
                return;
        }

        var meta = MetaOf(recorded);
        _changed[recorded.AggregateId] = models.State.Project(row, recorded, meta);
        if (models.Entries is not null)
            _new.Add((recorded, meta));
    }

    public void Write(BulkRequest request, ElasticOptions options)
    {
        var index = models.State.IndexOf(options);
        foreach (var (id, derived) in _changed)
            request.Index(index, id, derived.Meta.Version, derived.Meta.Offset, json => models.State.Write(json, derived));
        if (models.Entries is not { } entries)
            return;
        var entryIndex = entries.Naming.IndexOf(options);
        foreach (var (recorded, meta) in _new)
            request.Index(entryIndex, $"{recorded.AggregateId}@{recorded.Sequence}", meta.Version, meta.Offset, json => entries.Write(json, recorded, meta));
    }

    private DocumentMeta MetaOf(RecordedEvent recorded) =>
        new(recorded.Sequence, batch.Epoch, recorded.Topic, recorded.Partition, recorded.Offset, recorded.RecordedAt, recorded.EventId, recorded.ContentHash);
}
