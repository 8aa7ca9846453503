using System.Text.Json;
using Microsoft.Extensions.Options;
using Streaming.ElasticSink.Client;
using Streaming.Sinks;
using Streaming.Sinks.Positions;

namespace Streaming.ElasticSink.Positions;

/// <summary>Checkpoints, one document for each partition, in an index of their own. Each write names the one before it: who has an old one fails.</summary>
internal sealed class CheckpointIndex(SearchClient client, IOptions<ElasticOptions> options)
{
    // Nothing is searched for here: documents are read by their ids.
    private const string Definition = """{"settings":{"number_of_shards":1},"mappings":{"dynamic":"false","properties":{"topic":{"type":"keyword"},"partition":{"type":"integer"}}}}""";

    public string Name => options.Value.IndexPrefix + "checkpoints";

    public Task PrepareAsync(CancellationToken cancellationToken) => Indices.EnsureAsync(client, Name, Definition, cancellationToken);

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

    private async Task<HeldCheckpoint> WriteAsync(string path, CheckpointDocument document, CancellationToken cancellationToken)
    {
        using var answer = await client.SendAsync(HttpMethod.Put, path, JsonSerializer.SerializeToUtf8Bytes(document, ElasticJson.Default.CheckpointDocument), cancellationToken);
        return new HeldCheckpoint(document, answer.RootElement.GetProperty("_seq_no").GetInt64(), answer.RootElement.GetProperty("_primary_term").GetInt64());
    }

    private string PathOf(SourcePartition source) => $"{Name}/_doc/{Uri.EscapeDataString($"g{options.Value.Generation}/{source.Topic}/{source.Partition}")}";
}
