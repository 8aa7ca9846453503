using System.Diagnostics;
using Streaming.Contracts.Control;
using Streaming.ElasticSink.Client;
using Streaming.ElasticSink.Positions;
using Streaming.Sinks;
using Streaming.Sinks.Generations;

namespace Streaming.ElasticSink.Generations;

/// <summary>A generation is a set of indices, one for each model, and checkpoints; readers see an alias for each model.</summary>
internal sealed class ElasticGenerations(SearchClient client, ElasticOptions options, TimeProvider time) : ISinkGenerations
{
    private readonly CheckpointIndex _checkpoints = new(client, options);

    /// <exception cref="InvalidOperationException">Aliases stand at several generations.</exception>
    public async Task<int?> CurrentAsync(CancellationToken cancellationToken) => (await ListingAsync(cancellationToken)).Read switch
    {
        [] => null,
        [var only] => only,
        var several => throw new InvalidOperationException($"Readers' aliases stand at generations {string.Join(", ", several)}: somebody moved one by hand. Show them one generation again."),
    };

    public async Task<IReadOnlyList<int>> ListAsync(CancellationToken cancellationToken)
    {
        var listing = await ListingAsync(cancellationToken);
        // One whose removal was interrupted has only positions left: it can still be named, to be removed.
        var positions = await _checkpoints.ListAsync(cancellationToken);
        return [.. listing.Indices.Select(index => index.Generation).Concat(positions.Select(checkpoint => checkpoint.Generation)).Distinct().Order()];
    }

    public ISink Open(int number)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        return new ElasticSearchSink(client, options.Of(number));
    }

    public async Task<GenerationComparison> CompareAsync(int left, int right, int examplesMax, CancellationToken cancellationToken)
    {
        var (at, started) = (time.GetUtcNow(), Stopwatch.GetTimestamp());
        var listing = await ListingAsync(cancellationToken);
        var (ours, theirs) = (listing.Require(left), listing.Require(right));
        // Before the documents: whatever these positions have passed is found by a search that begins after a refresh.
        var positions = PositionPair.Of(await _checkpoints.ListAsync(cancellationToken), left, right);
        var parts = new List<PartComparison>();
        foreach (var model in ours.Concat(theirs).Select(index => index.Model).Distinct().Order(StringComparer.Ordinal))
        {
            var comparison = new ModelComparison(client, positions, examplesMax);
            parts.Add(await comparison.RunAsync(model, Newest(ours, model), Newest(theirs, model), cancellationToken));
        }

        return new(left, right, at, Stopwatch.GetElapsedTime(started).TotalSeconds, parts);
    }

    /// <summary>One request moves every alias: a search sees all of them before it, or all after it.</summary>
    public async Task SwapAsync(int number, CancellationToken cancellationToken)
    {
        var listing = await ListingAsync(cancellationToken);
        var shown = listing.Require(number).GroupBy(index => index.Model).Select(model => model.MaxBy(index => index.MappingVersion)!).ToList();
        var move = new AliasMove(options);
        foreach (var index in listing.Indices.Where(index => index.IsRead(options) && !shown.Contains(index)))
            move.Remove(index.Model, index.Name);
        foreach (var index in shown.Where(index => !index.IsRead(options)))
            move.Add(index.Model, index.Name);
        await move.SendAsync(client, cancellationToken);
    }

    /// <summary>Stop whoever writes it first: a server makes an index of its own for a document that comes late.</summary>
    public async Task DropAsync(int number, CancellationToken cancellationToken)
    {
        var indices = (await ListingAsync(cancellationToken)).Of(number);
        if (indices.FirstOrDefault(index => index.IsRead(options)) is { } read)
            throw new InvalidOperationException($"Generation {number} is what readers see ({read.Name}). Show them another one first.");
        foreach (var index in indices)
            await client.DeleteAsync(index.Name, cancellationToken);
        // Last: without them, indices that a crash has left would be taken for whole ones.
        foreach (var checkpoint in (await _checkpoints.ListAsync(cancellationToken)).Where(checkpoint => checkpoint.Generation == number))
            await _checkpoints.DeleteAsync(checkpoint, cancellationToken);
    }

    private static DerivedIndex? Newest(IEnumerable<DerivedIndex> indices, string model) => indices.Where(index => index.Model == model).MaxBy(index => index.MappingVersion);

    private Task<IndexListing> ListingAsync(CancellationToken cancellationToken) => IndexListing.ReadAsync(client, options, cancellationToken);
}
