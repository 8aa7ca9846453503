using Streaming.LakeSink.Tables;
using Streaming.LakeSink.Tests.Support;
using Streaming.Sinks.Events;

namespace Streaming.LakeSink.Tests;

/// <summary>What a dry run does with this sink: rows in memory, no store.</summary>
public sealed class RowRehearsalTests
{
    [Fact]
    public async Task Every_event_type_fits_into_its_columns_and_a_body_that_does_not_is_found()
    {
        var (rehearsal, random, offset) = (new RowRehearsal(), new Random(7), 0);
        foreach (var type in Some.EventTypes.SelectMany(type => Enumerable.Repeat(type, 3)))
            await rehearsal.TryAsync(Some.Recorded(Some.Record(type, random), "an-aggregate", offset++), SinkMode.CatchUp, TestContext.Current.CancellationToken);

        var spoilt = Some.Sold("A", offset) with { Body = new byte[] { 1 } };
        (await Should.ThrowAsync<PoisonEventException>(() => rehearsal.TryAsync(spoilt, SinkMode.CatchUp, default))).Message.ShouldContain("does not fit into its table");
        await rehearsal.TryAsync(Some.Sold("A", offset + 1), SinkMode.CatchUp, TestContext.Current.CancellationToken);
    }
}
