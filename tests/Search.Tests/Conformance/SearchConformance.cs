using Streaming.Fixtures;
using Streaming.Search.Tests.Support;

namespace Streaming.Search.Tests.Conformance;

/// <summary>What every search server does that the sinks and queries run on: each test on an index of its own.</summary>
public abstract class SearchConformance(SearchFixture server) : IAsyncLifetime
{
    protected string Index { get; } = SomeNames.Name("idx");

    private protected SearchCalls Calls { get; } = new(server.Url);

    public virtual ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await Calls.DeleteAsync($"/{Index}");
        Calls.Dispose();
    }

    private protected async Task CreateAsync(string properties, string dynamic = "\"strict\"") =>
        (await Calls.PutAsync($"/{Index}", $$$"""{"settings":{"number_of_shards":1,"number_of_replicas":0},"mappings":{"dynamic":{{{dynamic}}},"properties":{{{properties}}}}}"""))
            .ShouldBe(200);

    private protected async Task PutAsync(string id, string source) => (await Calls.PutAsync($"/{Index}/_doc/{id}", source)).Status.ShouldBeInRange(200, 201);

    private protected async Task RefreshAsync() => (await Calls.PostAsync($"/{Index}/_refresh")).ShouldBe(200);
}
