using System.Text;

namespace Streaming.ElasticSink.Client;

/// <summary>Makes indices that are not there. Two hosts may do it at the same time.</summary>
internal static class Indices
{
    public static async Task EnsureAsync(SearchClient client, string name, string definition, CancellationToken cancellationToken)
    {
        using var known = await client.TryGetAsync(name, cancellationToken);
        if (known is not null)
            return;
        try
        {
            using var made = await client.SendAsync(HttpMethod.Put, name, Encoding.UTF8.GetBytes(definition), cancellationToken);
        }
        catch (SearchServerException taken) when (taken.Type == "resource_already_exists_exception")
        {
            // Another host was faster.
        }
    }

    /// <summary>Gives an alias that nobody has its first index. One that stands elsewhere stays there: moving readers is an operator's decision.</summary>
    public static async Task EnsureAliasAsync(SearchClient client, string alias, string index, CancellationToken cancellationToken)
    {
        using var known = await client.TryGetAsync($"_alias/{alias}", cancellationToken);
        if (known is not null)
            return;
        var body = Encoding.UTF8.GetBytes($$$"""{"actions":[{"add":{"index":"{{{index}}}","alias":"{{{alias}}}"}}]}""");
        using var added = await client.SendAsync(HttpMethod.Post, "_aliases", body, cancellationToken);
    }
}
