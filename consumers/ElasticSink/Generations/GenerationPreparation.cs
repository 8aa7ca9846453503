using System.Text;
using Streaming.ElasticSink.Client;
using Streaming.ElasticSink.Documents;
using Streaming.ElasticSink.Positions;

namespace Streaming.ElasticSink.Generations;

/// <summary>Makes a generation's indices where they are not there. Two hosts may do it at the same time.</summary>
internal sealed class GenerationPreparation(SearchClient client, CheckpointIndex checkpoints, ElasticOptions options)
{
    /// <exception cref="InvalidOperationException">The generation was made by a build with other mappings, or lacks an index that was there.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await MakeAsync(checkpoints.Name, CheckpointIndex.Definition, cancellationToken);
        var listing = await IndexListing.ReadAsync(client, options, cancellationToken);
        var missing = MissingIn(listing);
        if (missing.Count > 0)
        {
            // An index that is gone, or new, would begin in the middle of the log: its positions are behind it.
            if ((await checkpoints.ListAsync(cancellationToken)).Any(checkpoint => checkpoint.Generation == options.Generation))
                throw new InvalidOperationException($"Generation {options.Generation} has positions in the log, but no index {missing[0].IndexOf(options)}: what it would hold was read already. "
                    + "Derive another generation beside it (streamctl sinks rebuild), or drop this one.");
            foreach (var model in missing)
                await MakeAsync(model.IndexOf(options), model.Definition(options.Generation), cancellationToken);
            listing = await IndexListing.ReadAsync(client, options, cancellationToken);
            if (MissingIn(listing) is [var strange, ..])
                throw new InvalidOperationException($"{strange.IndexOf(options)} was not made by this sink: its mapping's _meta names no model. Delete it, or set another Elastic:IndexPrefix.");
        }

        await GiveReadersAsync(listing, cancellationToken);
    }

    private List<ReadModel> MissingIn(IndexListing listing)
    {
        var missing = new List<ReadModel>();
        foreach (var model in Models.Indices)
        {
            var made = listing.Of(options.Generation).Where(index => index.Model == model.Name).ToList();
            if (made.Exists(index => index.MappingVersion == model.MappingVersion))
                continue;
            if (made is [var other, ..])
                throw new InvalidOperationException($"{other.Name} has mapping {other.MappingVersion}, and this build writes mapping {model.MappingVersion} of {model.Name}. "
                    + "Derive another generation beside it (streamctl sinks rebuild), and show that to readers.");
            missing.Add(model);
        }

        return missing;
    }

    /// <summary>The first generation is shown to readers at once. After that, moving them is an operator's decision.</summary>
    private Task GiveReadersAsync(IndexListing listing, CancellationToken cancellationToken)
    {
        var move = new AliasMove(options);
        if (listing.Read is [] || (listing.Read is [var read] && read == options.Generation))
        {
            foreach (var model in Models.Indices.Where(model => !listing.Indices.Any(index => index.Model == model.Name && index.IsRead(options))))
                move.Add(model.Name, model.IndexOf(options));
        }

        return move.SendAsync(client, cancellationToken);
    }

    private async Task MakeAsync(string name, string definition, CancellationToken cancellationToken)
    {
        using var known = await client.TryGetAsync(name, cancellationToken);
        if (known is not null)
            return;
        try
        {
            (await client.SendAsync(HttpMethod.Put, name, Encoding.UTF8.GetBytes(definition), cancellationToken)).Dispose();
        }
        catch (SearchServerException taken) when (taken.Type == "resource_already_exists_exception")
        {
            // Another host was faster.
        }
    }
}
