using System.Text;
using System.Text.Json.Nodes;
using Streaming.ElasticSink.Client;

namespace Streaming.ElasticSink.Generations;

/// <summary>What is to become of readers' aliases: sent as one request, which the server does as a whole or not at all.</summary>
internal sealed class AliasMove(ElasticOptions options)
{
    private readonly JsonArray _actions = [];

    public AliasMove Add(string model, string index) => Act("add", model, index);

    public AliasMove Remove(string model, string index) => Act("remove", model, index);

    public async Task SendAsync(SearchClient client, CancellationToken cancellationToken)
    {
        if (_actions.Count == 0)
            return;
        var body = new JsonObject { ["actions"] = _actions }.ToJsonString();
        (await client.SendAsync(HttpMethod.Post, "_aliases", Encoding.UTF8.GetBytes(body), cancellationToken)).Dispose();
    }

    private AliasMove Act(string action, string model, string index)
    {
        _actions.Add(new JsonObject { [action] = new JsonObject { ["index"] = index, ["alias"] = options.IndexPrefix + model } });
        return this;
    }
}
