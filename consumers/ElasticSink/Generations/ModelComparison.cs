using Streaming.Contracts.Control;
using Streaming.ElasticSink.Client;
using Streaming.ElasticSink.Documents;

namespace Streaming.ElasticSink.Generations;

/// <summary>Compares one model's indices of two generations: both are read by rising key, and merged.</summary>
internal sealed class ModelComparison(SearchClient client, PositionPair positions, int examplesMax)
{
    public async Task<PartComparison> RunAsync(string name, DerivedIndex? left, DerivedIndex? right, CancellationToken cancellationToken)
    {
        if (left is null || right is null)
            return new(name, 0, 0, 0, [$"all of {name}: only on the {(left is null ? "right" : "left")} ({(left ?? right)!.Name})"], [], new Dictionary<DifferenceKind, long>(), []);
        var model = Models.Indices.FirstOrDefault(known => known.Name == name)
            ?? throw new InvalidOperationException($"{left.Name} and {right.Name} hold documents that this build knows nothing of.");
        await RefreshAsync(left, cancellationToken);
        await RefreshAsync(right, cancellationToken);
        var (words, notCompared) = MappedFields.Compare(left.Properties, right.Properties);
        if (model.Key.FirstOrDefault(notCompared.Contains) is { } key)
            throw new InvalidOperationException($"{left.Name} and {right.Name} don't both have {key}, by which their documents are told apart.");
        var tally = new ComparisonTally(positions, new DocumentHash(notCompared), examplesMax);
        await MergeAsync(new IndexScan(client, left.Name, model.Key), new IndexScan(client, right.Name, model.Key), tally, cancellationToken);
        return tally.ToPart(name, words, positions.Places.Where(place => IsOf(model, place.Topic)));
    }

    private static bool IsOf(ReadModel model, string topic) =>
        Models.All.FirstOrDefault(models => topic.EndsWith(models.Topic, StringComparison.Ordinal)) is { } models && (models.State == model || models.Entries?.Naming == model);

    private static async Task MergeAsync(IndexScan left, IndexScan right, ComparisonTally tally, CancellationToken cancellationToken)
    {
        await using var ours = left.ReadAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using var theirs = right.ReadAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        var (hasOurs, hasTheirs) = (await ours.MoveNextAsync(), await theirs.MoveNextAsync());
        while (hasOurs || hasTheirs)
        {
            var order = !hasOurs ? 1 : !hasTheirs ? -1 : ours.Current.Key.OrderAgainst(theirs.Current.Key);
            var key = (order <= 0 ? ours : theirs).Current.Key;
            tally.Add(key, order <= 0 ? ours.Current.Hits : [], order >= 0 ? theirs.Current.Hits : []);
            if (order <= 0)
                hasOurs = await ours.MoveNextAsync();
            if (order >= 0)
                hasTheirs = await theirs.MoveNextAsync();
        }
    }

    private async Task RefreshAsync(DerivedIndex index, CancellationToken cancellationToken) =>
        (await client.SendAsync(HttpMethod.Post, $"{index.Name}/_refresh", default, cancellationToken)).Dispose();
}
