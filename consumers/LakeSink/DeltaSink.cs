using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Streaming.Lake.Delta;
using Streaming.Lake.Storage;
using Streaming.LakeSink.Erasing;
using Streaming.LakeSink.Generations;
using Streaming.LakeSink.Positions;
using Streaming.LakeSink.Sequences;
using Streaming.LakeSink.Tables;
using Streaming.Sinks;
using Streaming.Sinks.DryRuns;
using Streaming.Sinks.Erasing;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;

namespace Streaming.LakeSink;

/// <summary>Writes every event into the Delta table of its type, each once.</summary>
internal sealed class DeltaSink : ISink, IDisposable
{
    private readonly ITableStore _store;
    private readonly LakeOptions _options;
    private readonly TimeProvider _time;
    private readonly int _generation;
    private readonly string _root;
    private readonly GenerationPointer _pointer;
    private readonly ErasureTable _erasures;
    private readonly ConcurrentDictionary<string, TopicTables> _topics = new();
    private readonly ConcurrentDictionary<(string Topic, int Partition), HeldPartition> _held = new();

    public DeltaSink(ITableStore store, IOptions<LakeOptions> options, TimeProvider time)
        : this(store, options.Value, options.Value.Generation, time)
    {
    }

    /// <param name="generation">Fills this one, whatever the options say.</param>
    public DeltaSink(ITableStore store, LakeOptions options, int generation, TimeProvider time)
    {
        (_store, _options, _generation, _time) = (store, options, generation, time);
        _root = LakeGenerations.FolderOf(generation);
        _pointer = new(store);
        _erasures = new(store, _root, time, _options.CheckpointEveryCommits);
    }

    public int Generation => _generation;

    /// <summary>Called when it is disposed, with itself.</summary>
    public Action<DeltaSink> WhenDisposed { get; init; } = _ => { };

    public string Name => SinkNames.OfGeneration("lake-sink", _generation);

    /// <summary>The first generation that there is is the one to be read. Which comes next is for somebody else to say.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        var shown = await _pointer.ReadAsync(cancellationToken);
        GenerationPointer.RefuseDropped(shown, _generation);
        await _store.TryAddAsync($"{_root}/_generation.json", "{}"u8.ToArray(), cancellationToken);
        if (shown is null)
            await _pointer.TrySwapAsync(shown, _generation, cancellationToken);
    }

    public async Task<Checkpoint> TakeAsync(SourcePartition source, InitialPosition initial, CancellationToken cancellationToken)
    {
        await _pointer.RefuseDroppedAsync(_generation, cancellationToken);
        var tables = TablesOf(source.Topic);
        var sequences = new PartitionSequences(new SequenceFile(_store, _root, source), tables, source, _options.SequencesSavedEveryEvents);
        var held = new HeldPartition(source, new PositionLog(_store, _root, source), tables, sequences, _erasures, _options, _time);
        var checkpoint = await held.TakeAsync(initial, cancellationToken);
        _held[(source.Topic, source.Partition)] = held;
        return checkpoint;
    }

    public Task WriteAsync(EventBatch batch, CancellationToken cancellationToken) => Held(batch.Source, batch.Fence).WriteAsync(batch, cancellationToken);

    public Task EraseAsync(SourcePartition source, long fence, IReadOnlyList<Erasure> erasures, CancellationToken cancellationToken) =>
        Held(source, fence).EraseAsync(erasures, cancellationToken);

    public Task ConfirmAsync(SourcePartition source, long fence, CancellationToken cancellationToken) => Held(source, fence).ConfirmAsync(cancellationToken);

    public Task RecordGroupAsync(SourcePartition source, long fence, GroupOffsets offsets, CancellationToken cancellationToken) =>
        Held(source, fence).RecordGroupAsync(offsets, cancellationToken);

    public Task<Checkpoint> ResetAsync(Reset reset, CancellationToken cancellationToken) => Held(reset.Source, reset.Fence).ResetAsync(reset, cancellationToken);

    public Task RederiveAsync(EventBatch aggregates, CancellationToken cancellationToken) => Held(aggregates.Source, aggregates.Fence).RederiveAsync(aggregates, cancellationToken);

    public IRehearsal Rehearse(SourcePartition source) => new RowRehearsal();

    public bool IsTransient(Exception failure) => StoreFailures.MayPass(failure);

    /// <summary>Tables that this host sees to: those of the topics whose first partition it has, and with them that of the erasures.</summary>
    public IEnumerable<(string Name, DeltaTable Table)> Maintained
    {
        get
        {
            var topics = _held.Keys.Where(partition => partition.Partition == 0).Select(partition => partition.Topic).ToList();
            var tables = topics.SelectMany(topic => TablesOf(topic).Known).Select(known => (known.Name, known.Table));
            return topics.Count > 0 ? tables.Append((ErasureTable.Name, _erasures.Table)) : tables;
        }
    }

    public void Dispose()
    {
        WhenDisposed(this);
        foreach (var tables in _topics.Values)
            tables.Dispose();
        _erasures.Dispose();
    }

    private TopicTables TablesOf(string topic) =>
        _topics.GetOrAdd(topic, name => new TopicTables(_store, _root, name, _time, _options.CheckpointEveryCommits));

    private HeldPartition Held(SourcePartition source, long fence) =>
        _held.TryGetValue((source.Topic, source.Partition), out var held) && held.Fence == fence ? held : throw new FencedException(source, fence);
}
