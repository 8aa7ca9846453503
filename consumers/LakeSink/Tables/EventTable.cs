using Streaming.Lake.Delta;
using Streaming.LakeSink.Sequences;
using Streaming.Sinks;
using Streaming.Sinks.Positions;

namespace Streaming.LakeSink.Tables;

/// <summary>The table of one event type of one topic, as the writers of the topic's partitions use it.</summary>
/// <remarks>
/// Each commit carries, for the partition it is made for, two transactions: how far the table is complete (<c>topic-partition</c> → next offset), and the fence
/// of who says so (<c>topic-partition#fence</c>). A commit is planned for exactly the version that it follows, so rows and position move together, and
/// whoever comes with an older fence than the table has seen is refused.
/// </remarks>
internal sealed class EventTable(DeltaTable table, string name)
{
    public string Name => name;

    public DeltaTable Table => table;

    /// <summary>How far the table says that it is complete, under which fence, and what columns it has.</summary>
    public Task<TableState> StateAsync(SourcePartition source, bool isNewest, CancellationToken cancellationToken) => table.LookAsync(
        snapshot => new TableState(snapshot.VersionOf(OffsetId(source)), snapshot.VersionOf(FenceId(source)) ?? 0, snapshot.Metadata?.Schema), isNewest, cancellationToken);

    /// <summary>Which of these offsets of the partition the table has, and how that may still change.</summary>
    public async Task<FoundOffsets> OffsetsAsync(SourcePartition source, IReadOnlyCollection<long> offsets, CancellationToken cancellationToken)
    {
        var (files, metadata) = await table.LookAsync(
            snapshot => (snapshot.Files.Where(MayHoldSome).ToList(), snapshot.Metadata), isNewest: true, cancellationToken);
        var examined = files.Select(file => file.Path).ToHashSet();
        var found = new HashSet<long>();
        foreach (var file in files)
        {
            var rows = await DataFileReader.OpenAsync(table, file, TableColumns.InFiles(metadata!.Schema, metadata.PartitionColumns), cancellationToken);
            for (var group = 0; group < rows.RowGroupCount; group++)
                Keep(rows, group, source, row => !offsets.Contains(row.Offset) || !found.Add(row.Offset));
        }
        return new(found, snapshot => !snapshot.Files.Any(file => MayHoldSome(file) && !examined.Contains(file.Path)));

        bool MayHoldSome(AddFile file) => MayHold(file, source) && MayHold(file, offsets);
    }

    /// <summary>Tells the aggregate and the sequence of each row of the partition between two offsets, the second not included.</summary>
    public async Task SequencesAsync(SourcePartition source, long from, long before, Action<UInt128, Standing> tell, CancellationToken cancellationToken)
    {
        var (files, metadata) = await table.LookAsync(
            snapshot => (snapshot.Files.Where(file => MayHold(file, source) && MayHold(file, from, before - 1)).ToList(), snapshot.Metadata), isNewest: true, cancellationToken);
        foreach (var file in files)
        {
            var rows = await DataFileReader.OpenAsync(table, file, TableColumns.InFiles(metadata!.Schema, metadata.PartitionColumns), cancellationToken);
            for (var group = 0; group < rows.RowGroupCount; group++)
                TellSequences(rows, group);
        }

        void TellSequences(DataFileReader file, int group)
        {
            var partitions = ((Lake.Parquet.Values.FixedValues<int>)file.Read(group, EventSchemas.Partition)).Values;
            var offsets = ((Lake.Parquet.Values.FixedValues<long>)file.Read(group, EventSchemas.Offset)).Values;
            var sequences = ((Lake.Parquet.Values.FixedValues<long>)file.Read(group, EventSchemas.Sequence)).Values;
            var aggregates = (Lake.Parquet.Values.BytesValues)file.Read(group, EventSchemas.AggregateId);
            for (var row = 0; row < partitions.Length; row++)
            {
                if (partitions[row] == source.Partition && offsets[row] >= from && offsets[row] < before)
                    tell(SequenceBook.KeyOf(aggregates[row]), new(sequences[row], offsets[row], Hash: null));
            }
        }
    }

    /// <summary>Adds rows, or none, and says that the table is complete up to before <paramref name="nextOffset"/>; null leaves that as it is.</summary>
    /// <param name="expected">How far it was when the rows were chosen; null for not at all.</param>
    /// <param name="schema">Of the new rows; null where there are none.</param>
    /// <param name="isMissing">What must still hold for the rows not to be there yet, beside the position.</param>
    /// <exception cref="FencedException">Another host has taken the partition over.</exception>
    public async Task AppendAsync(
        SourcePartition source, long fence, long? expected, long? nextOffset, StructType? schema, IReadOnlyList<AddFile> files, Func<Snapshot, bool> isMissing,
        CancellationToken cancellationToken)
    {
        await table.CommitAsync(
            files.Count > 0 ? "WRITE" : "STREAMING UPDATE",
            snapshot =>
            {
                Check(snapshot, source, fence);
                // Lost to whom is no question: the fence says it is not a newer owner, and the rows must not come twice.
                if (snapshot.VersionOf(OffsetId(source)) != expected || !isMissing(snapshot))
                    throw new FencedException(source, fence);
                return [.. Columns(snapshot, schema), .. files, .. Transactions(source, fence, nextOffset)];
            },
            cancellationToken);
    }

    /// <summary>Removes the partition's rows from an offset on, and says that the table is complete up to there only.</summary>
    /// <exception cref="FencedException">Another host has taken the partition over.</exception>
    public Task RewindAsync(SourcePartition source, long fence, long toOffset, CancellationToken cancellationToken) => RemoveAsync(
        source, fence,
        file => MayHold(file, source) && (FileStats.Bounds(file, EventSchemas.Offset) is not { } bounds || bounds.Max >= toOffset),
        rows => rows.Offset < toOffset,
        snapshot => snapshot.VersionOf(OffsetId(source)) is { } next && next > toOffset ? toOffset : null,
        isForGood: false, cancellationToken);

    /// <summary>Removes the rows of aggregates, and the files they were in.</summary>
    /// <exception cref="FencedException">Another host has taken the partition over.</exception>
    public async Task EraseAsync(SourcePartition source, long fence, IReadOnlySet<string> aggregateIds, CancellationToken cancellationToken)
    {
        await RemoveAsync(source, fence, file => MayHold(file, source), rows => !aggregateIds.Contains(rows.AggregateId), _ => null, isForGood: true, cancellationToken);
        await Vacuum.EraseAsync(table, cancellationToken);
    }

    /// <summary>Removes the rows of aggregates before an offset, and adds others in their place, in one commit.</summary>
    /// <param name="schema">Of the new rows; null where there are none.</param>
    /// <exception cref="FencedException">Another host has taken the partition over.</exception>
    public async Task ReplaceAsync(
        SourcePartition source, long fence, IReadOnlySet<string> aggregateIds, long belowOffset, StructType? schema, IReadOnlyList<AddFile> files, CancellationToken cancellationToken)
    {
        if (await table.LookAsync(snapshot => snapshot.Metadata, isNewest: true, cancellationToken) is null)
        {
            if (files.Count > 0)
                await AppendAsync(source, fence, expected: null, nextOffset: null, schema, files, snapshot => snapshot.Metadata is null, cancellationToken);
            return;
        }

        await RemoveAsync(
            source, fence,
            file => MayHold(file, source) && (FileStats.Bounds(file, EventSchemas.Offset) is not { } bounds || bounds.Min < belowOffset),
            row => row.Offset >= belowOffset || !aggregateIds.Contains(row.AggregateId),
            _ => null, isForGood: false, cancellationToken, snapshot => [.. Columns(snapshot, schema), .. files]);
    }

    /// <summary>One row's place, as it decides whether the row stays.</summary>
    private readonly record struct RowPlace(long Offset, string AggregateId);

    private async Task RemoveAsync(
        SourcePartition source, long fence, Func<AddFile, bool> mayHold, Func<RowPlace, bool> stays, Func<Snapshot, long?> position, bool isForGood, CancellationToken cancellationToken,
        Func<Snapshot, IEnumerable<DeltaAction>>? added = null)
    {
        while (true)
        {
            var (files, metadata) = await table.LookAsync(snapshot => (snapshot.Files.Where(mayHold).ToList(), snapshot.Metadata), isNewest: true, cancellationToken);
            if (metadata is null)
                return;
            var schema = TableColumns.InFiles(metadata.Schema, metadata.PartitionColumns);
            var rewrite = await Rewrite.FilterAsync(table, schema, files, (file, group) => Keep(file, group, source, stays), cancellationToken);
            var examined = files.Select(file => file.Path).ToHashSet();
            var isCommitted = await table.CommitAsync(
                "DELETE",
                snapshot =>
                {
                    Check(snapshot, source, fence);
                    // Others may have merged files, or added some that were not looked at: then all of it is done again.
                    if (!rewrite.Fits(snapshot) || snapshot.Metadata!.Schema != metadata.Schema || snapshot.Files.Any(file => mayHold(file) && !examined.Contains(file.Path)))
                        return null;
                    var deletedAtMs = isForGood ? 0 : table.Time.GetUtcNow().ToUnixTimeMilliseconds();
                    return [.. added?.Invoke(snapshot) ?? [], .. rewrite.Actions(deletedAtMs, dataChange: true), .. Transactions(source, fence, position(snapshot))];
                },
                cancellationToken);
            if (isCommitted)
                return;
            await rewrite.DropAsync(table, cancellationToken);
        }
    }

    private static bool MayHold(AddFile file, SourcePartition source) =>
        FileStats.Bounds(file, EventSchemas.Partition) is not { } bounds || (bounds.Min <= source.Partition && source.Partition <= bounds.Max);

    private static bool MayHold(AddFile file, IReadOnlyCollection<long> offsets) =>
        FileStats.Bounds(file, EventSchemas.Offset) is not { } bounds || offsets.Any(offset => bounds.Min <= offset && offset <= bounds.Max);

    private static bool MayHold(AddFile file, long first, long last) =>
        FileStats.Bounds(file, EventSchemas.Offset) is not { } bounds || (bounds.Min <= last && first <= bounds.Max);

    private static bool[]? Keep(DataFileReader file, int group, SourcePartition source, Func<RowPlace, bool> stays)
    {
        var partitions = (Lake.Parquet.Values.FixedValues<int>)file.Read(group, EventSchemas.Partition);
        var offsets = (Lake.Parquet.Values.FixedValues<long>)file.Read(group, EventSchemas.Offset);
        var aggregates = (Lake.Parquet.Values.BytesValues)file.Read(group, EventSchemas.AggregateId);
        var kept = new bool[file.RowCount(group)];
        for (var row = 0; row < kept.Length; row++)
        {
            kept[row] = partitions.Values[row] != source.Partition
                || stays(new(offsets.Values[row], System.Text.Encoding.UTF8.GetString(aggregates[row])));
        }
        return kept.Contains(false) ? kept : null;
    }

    private static void Check(Snapshot snapshot, SourcePartition source, long fence)
    {
        if (snapshot.VersionOf(FenceId(source)) > fence)
            throw new FencedException(source, fence);
    }

    private IEnumerable<DeltaAction> Columns(Snapshot snapshot, StructType? schema)
    {
        if (!snapshot.Exists)
            return [Protocol.Plain, Metadata(schema!)];
        if (schema is null)
            return [];
        var merged = SchemaEvolution.Merge(snapshot.Metadata!.Schema, schema);
        return merged == snapshot.Metadata.Schema ? [] : [snapshot.Metadata with { Schema = merged }];
    }

    private TableMetadata Metadata(StructType schema) => new(
        Guid.NewGuid().ToString(), schema, [EventSchemas.Date], new Dictionary<string, string>(), table.Time.GetUtcNow().ToUnixTimeMilliseconds(), name);

    private List<AppTransaction> Transactions(SourcePartition source, long fence, long? nextOffset)
    {
        var now = table.Time.GetUtcNow().ToUnixTimeMilliseconds();
        List<AppTransaction> transactions = [new(FenceId(source), fence, now)];
        if (nextOffset is { } next)
            transactions.Add(new(OffsetId(source), next, now));
        return transactions;
    }

    /// <summary>The application that says how far the table is complete of a partition.</summary>
    public static string OffsetId(string topic, int partition) => $"{topic}-{partition}";

    private static string OffsetId(SourcePartition source) => OffsetId(source.Topic, source.Partition);

    private static string FenceId(SourcePartition source) => $"{source.Topic}-{source.Partition}#fence";
}

/// <param name="NextOffset">Null: the table has heard nothing of the partition.</param>
/// <param name="Fence">Under which it last heard of it; 0 for never.</param>
/// <param name="Schema">Null: there is no table yet.</param>
internal sealed record TableState(long? NextOffset, long Fence, StructType? Schema);

/// <param name="Offsets">Those that are there.</param>
/// <param name="IsStillTrue">Whether no others may have come since.</param>
internal sealed record FoundOffsets(HashSet<long> Offsets, Func<Snapshot, bool> IsStillTrue);
