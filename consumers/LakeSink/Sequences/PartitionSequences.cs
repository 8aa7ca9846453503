using Streaming.LakeSink.Tables;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;

namespace Streaming.LakeSink.Sequences;

/// <summary>Judges a partition's events by their sequence, and knows across restarts how far each aggregate is.</summary>
/// <param name="eventsBetweenSaves">At the least; where there are many aggregates, four for each.</param>
/// <remarks>The book is a function of the log up to an offset. It is saved now and then; what came since is read from the tables' rows.</remarks>
internal sealed class PartitionSequences(SequenceFile file, TopicTables tables, SourcePartition source, int eventsBetweenSaves)
{
    private SequenceBook _book = new();
    private long _savedAt;

    /// <summary>Makes the book what it was before an offset.</summary>
    public async Task LoadAsync(long nextOffset, CancellationToken cancellationToken)
    {
        _book = new();
        _savedAt = await file.ReadAsync(_book, nextOffset, cancellationToken);
        if (_savedAt == nextOffset)
            return;
        foreach (var table in await tables.AllAsync(cancellationToken))
            await table.SequencesAsync(source, _savedAt, nextOffset, (aggregate, standing) => _book.Add(aggregate, standing), cancellationToken);
    }

    /// <inheritdoc cref="SequenceBook.Judge"/>
    public bool Judge(EventBatch batch, RecordedEvent recorded) => _book.Judge(batch, recorded);

    public void Forget() => _book.Forget();

    /// <summary>The batch is written. A redrive lies before what a saved book stands for, so it is saved at once.</summary>
    public async Task KeepAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        _book.Keep();
        if (batch.IsRedrive || batch.NextOffset - _savedAt >= Math.Max(eventsBetweenSaves, 4L * _book.Count))
            await SaveAsync(batch.Fence, batch.NextOffset, cancellationToken);
    }

    public async Task EraseAsync(IEnumerable<string> aggregateIds, long fence, long nextOffset, CancellationToken cancellationToken)
    {
        _book.Remove(aggregateIds);
        await SaveAsync(fence, nextOffset, cancellationToken);
    }

    private async Task SaveAsync(long fence, long nextOffset, CancellationToken cancellationToken)
    {
        await file.WriteAsync(_book, fence, nextOffset, cancellationToken);
        _savedAt = nextOffset;
    }
}
