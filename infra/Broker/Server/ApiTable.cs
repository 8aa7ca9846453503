using Streaming.Broker.Wire;

namespace Streaming.Broker.Server;

/// <summary>The APIs this broker serves, by key. Filled once at start.</summary>
internal sealed class ApiTable
{
    private readonly Dictionary<ApiKey, IApi> _apis = [];

    /// <summary>All served APIs, by rising key.</summary>
    public IReadOnlyList<IApi> All => [.. _apis.Values.OrderBy(api => api.Key)];

    public ApiTable Add(params ReadOnlySpan<IApi> apis)
    {
        foreach (var api in apis)
            _apis.Add(api.Key, api);
        return this;
    }

    public IApi? Find(ApiKey key) => _apis.GetValueOrDefault(key);
}
