using Streaming.Contracts.Inventory;
using Streaming.ElasticSink.Documents;
using Streaming.ElasticSink.Tests.Support;
using Streaming.Sinks.Events;

namespace Streaming.ElasticSink.Tests;

/// <summary>What a dry run does with this sink: no server is there at all.</summary>
public sealed class RehearsalTests : IDisposable
{
    private readonly DocumentRehearsal _rehearsal = new(Some.Source(), Models.Of(Some.Stock), new ElasticOptions());

    [Fact]
    public async Task Events_are_folded_in_memory_and_one_that_fits_nowhere_is_found()
    {
        foreach (var recorded in Some.StockEvents(productCount: 5, eventCount: 60))
            await _rehearsal.TryAsync(recorded, SinkMode.CatchUp, TestContext.Current.CancellationToken);

        var first = Some.Recorded(new StockSold(new("NEW"), 1, null, null, 0, 0, DateTimeOffset.UnixEpoch), "NEW", 2, 60, Some.Stock);
        (await Should.ThrowAsync<PoisonEventException>(() => _rehearsal.TryAsync(first, SinkMode.CatchUp, default))).Offset.ShouldBe(60);
    }

    public void Dispose() => _rehearsal.Dispose();
}
