using System.Globalization;
using System.Text;
using System.Text.Json;
using Streaming.ElasticSink.Client;
using Streaming.Sinks;
using Streaming.Sinks.Positions;

namespace Streaming.ElasticSink.Positions;

/// <summary>Checkpoints, one document for each partition, in an index of their own. Each write names the one before it: who has an old one fails.</summary>
internal sealed class CheckpointIndex(SearchClient client, ElasticOptions options)
{
    // What one search gives at most, unless an index says otherwise; a generation has one for each partition.
    private const int ListedMax = 10_000;

    // Nothing is searched for here: documents are read by their ids.
    public const string Definition = """{"settings":{"number_of_shards":1},"mappings":{"dynamic":"false","properties":{"topic":{"type":"keyword"},"partition":{"type":"integer"}}}}""";

    public string Name => options.IndexPrefix + "checkpoints";

    public async Task<HeldCheckpoint?> FindAsync(SourcePartition source, CancellationToken cancellationToken)
    {
        using var answer = await client.TryGetAsync(PathOf(source), cancellationToken);
        if (answer is null)
            return null;
        var root = answer.RootElement;
        var document = root.GetProperty("_source").Deserialize(ElasticJson.Default.CheckpointDocument) ?? throw new InvalidOperationException($"The checkpoint of {source} is empty.");
        return new HeldCheckpoint(document, root.GetProperty("_seq_no").GetInt64(), root.GetProperty("_primary_term").GetInt64());
    }

    /// <summary>Writes the first one; fails where there is one.</summary>
    /// <exception cref="SearchServerException">409.</exception>
    public Task<HeldCheckpoint> CreateAsync(SourcePartition source, CheckpointDocument document, CancellationToken cancellationToken) =>
        WriteAsync(PathOf(source) + "?op_type=create", document, cancellationToken);

    /// <summary>Takes it over from whoever had it.</summary>
    /// <exception cref="SearchServerException">409: it was written since it was read, perhaps by its owner, and has to be read again.</exception>
    public Task<HeldCheckpoint> TakeAsync(SourcePartition source, HeldCheckpoint found, CheckpointDocument document, CancellationToken cancellationToken) =>
        WriteAsync($"{PathOf(source)}?if_seq_no={found.Sequence}&if_primary_term={found.Term}", document, cancellationToken);

    /// <exception cref="FencedException">Another host has written it since.</exception>
    public async Task<HeldCheckpoint> ReplaceAsync(SourcePartition source, HeldCheckpoint held, CheckpointDocument document, CancellationToken cancellationToken)
    {
        try
        {
            return await WriteAsync($"{PathOf(source)}?if_seq_no={held.Sequence}&if_primary_term={held.Term}", document, cancellationToken);
        }
        catch (SearchServerException conflict) when (conflict.IsConflict)
        {
            // Perhaps it was us: the answer to an earlier try did not reach us. Nobody else writes it under our fence.
            return await FindAsync(source, cancellationToken) is { } present && present.Checkpoint.Fence == held.Checkpoint.Fence
                ? present.Document == document ? present : await ReplaceAsync(source, present, document, cancellationToken)
                : throw new FencedException(source, held.Checkpoint.Fence);
        }
    }

    /// <summary>Those of all generations, as they are now; none where there is no index yet.</summary>
    public async Task<IReadOnlyList<ListedCheckpoint>> ListAsync(CancellationToken cancellationToken)
    {
        using (var known = await client.TryGetAsync(Name, cancellationToken))
        {
            if (known is null)
                return [];
        }

        using (await client.SendAsync(HttpMethod.Post, $"{Name}/_refresh", default, cancellationToken))
        {
        }

        using var answer = await client.SendAsync(HttpMethod.Post, $"{Name}/_search", Encoding.UTF8.GetBytes($$"""{"size":{{ListedMax}}}"""), cancellationToken);
        var hits = answer.RootElement.GetProperty("hits").GetProperty("hits");
        return hits.GetArrayLength() < ListedMax
            ? [.. hits.EnumerateArray().Select(hit => Listed(hit.GetProperty("_id").GetString()!, hit.GetProperty("_source")))]
            : throw new InvalidOperationException($"{Name} holds {ListedMax} checkpoints or more. Drop generations that nobody needs.");
    }

    /// <summary>A generation that goes takes its positions along. Done again where it was interrupted.</summary>
    public async Task DeleteAsync(ListedCheckpoint checkpoint, CancellationToken cancellationToken) =>
        await client.DeleteAsync($"{Name}/_doc/{Uri.EscapeDataString(checkpoint.Id)}", cancellationToken);

    private static ListedCheckpoint Listed(string id, JsonElement source) => new(
        id, int.Parse(id.AsSpan(1, id.IndexOf('/', StringComparison.Ordinal) - 1), CultureInfo.InvariantCulture), source.Deserialize(ElasticJson.Default.CheckpointDocument)!);

    private async Task<HeldCheckpoint> WriteAsync(string path, CheckpointDocument document, CancellationToken cancellationToken)
    {
        using var answer = await client.SendAsync(HttpMethod.Put, path, JsonSerializer.SerializeToUtf8Bytes(document, ElasticJson.Default.CheckpointDocument), cancellationToken);
        return new HeldCheckpoint(document, answer.RootElement.GetProperty("_seq_no").GetInt64(), answer.RootElement.GetProperty("_primary_term").GetInt64());
    }

    private string PathOf(SourcePartition source) => $"{Name}/_doc/{Uri.EscapeDataString($"g{options.Generation}/{source.Topic}/{source.Partition}")}";
}
