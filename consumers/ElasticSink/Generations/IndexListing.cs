using Streaming.ElasticSink.Client;

namespace Streaming.ElasticSink.Generations;

/// <summary>The sink's indices of all generations with their aliases, as the server had them at one moment.</summary>
internal sealed class IndexListing(IReadOnlyList<DerivedIndex> indices, ElasticOptions options)
{
    public IReadOnlyList<DerivedIndex> Indices => indices;

    /// <summary>Generations under readers' aliases: one, unless somebody moved an alias by hand; none before the first start.</summary>
    public IReadOnlyList<int> Read => [.. indices.Where(index => index.IsRead(options)).Select(index => index.Generation).Distinct().Order()];

    public static async Task<IndexListing> ReadAsync(SearchClient client, ElasticOptions options, CancellationToken cancellationToken)
    {
        using var answer = await client.TryGetAsync(Uri.EscapeDataString(options.IndexPrefix) + "*", cancellationToken);
        return new(
            answer is null ? [] : [.. answer.RootElement.EnumerateObject().Select(index => DerivedIndex.Read(index.Name, index.Value, options)).OfType<DerivedIndex>()], options);
    }

    public IReadOnlyList<DerivedIndex> Of(int generation) => [.. indices.Where(index => index.Generation == generation)];

    /// <exception cref="InvalidOperationException">The generation is not there.</exception>
    public IReadOnlyList<DerivedIndex> Require(int generation) => Of(generation) is { Count: > 0 } found
        ? found
        : throw new InvalidOperationException($"Generation {generation} has no index ({options.IndexPrefix}…-g{generation}-m…): prepare and fill it first.");
}
