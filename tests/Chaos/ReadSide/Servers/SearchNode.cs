using Streaming.Fixtures;

namespace Streaming.Chaos.ReadSide.Servers;

/// <summary>A search node in a process of its own, and before it who makes trouble.</summary>
internal sealed class SearchNode : IRestarted
{
    private readonly TempFolder _data = new("chaos-search");
    private SearchProcess? _node;

    private SearchNode(string url, TroubledServer front) => (Url, Front) = (url, front);

    /// <summary>What the sink knows of it.</summary>
    public TroubledServer Front { get; }

    /// <summary>Of the node itself.</summary>
    public string Url { get; }

    public static async Task<SearchNode> StartAsync()
    {
        var url = $"http://127.0.0.1:{FreePorts.OneWith(distance: 0)}";
        var node = new SearchNode(url, await TroubledServer.StartAsync(url, Troubles.OfSearch));
        await node.StartAgainAsync();
        return node;
    }

    public Task KillAsync() => _node!.KillAsync();

    public Task StopAsync() => _node!.StopAsync();

    public async Task StartAgainAsync()
    {
        if (_node is not null)
            await _node.DisposeAsync();
        _node = await SearchProcess.StartAsync(_data.Path, Url);
    }

    public async ValueTask DisposeAsync()
    {
        await Front.DisposeAsync();
        if (_node is not null)
            await _node.DisposeAsync();
        _data.Dispose();
    }
}
