using System.Text;
using System.Text.Json.Nodes;
using Streaming.Contracts.Inventory;
using Streaming.ElasticSink.Accounts;
using Streaming.ElasticSink.Inventory;
using Streaming.ElasticSink.Querying;
using Streaming.ElasticSink.Tests.Support;
using Streaming.Fixtures;
using Streaming.Sinks;
using Streaming.Sinks.Erasing;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;

namespace Streaming.ElasticSink.Tests;

/// <summary>The sink on a search server: whatever happens in between, its documents equal a plain fold of the log.</summary>
public abstract class ElasticSinkSuite(ServerFixture server) : IAsyncLifetime
{
    private static readonly CancellationToken Never = CancellationToken.None;

    private protected Destination To { get; } = new(server.Url);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => To.DisposeAsync();

    [ConformanceFact]
    public async Task Documents_equal_a_fold_of_the_log_however_it_is_cut_into_batches()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var events = Some.StockEvents(productCount: 20, eventCount: 400);
        var sink = await To.SinkAsync();
        var checkpoint = await Destination.TakeAsync(sink, Some.Source());
        for (var next = 0; next < events.Count;)
        {
            var count = Math.Min(random.Next(1, 90), events.Count - next);
            await sink.WriteAsync(Some.Batch(checkpoint, events.GetRange(next, count)), Never);
            next += count;
        }

        (await To.DocumentsAsync(Products.Model)).ShouldBe(Destination.Fold(Products.Model, events), $"seed {seed}");
        (await To.Checkpoints.FindAsync(Some.Source(), Never))!.Checkpoint.NextOffset.ShouldBe(400);
    }

    [ConformanceFact]
    public async Task An_account_has_its_balance_and_every_movement_with_sums_by_month()
    {
        var events = Some.AccountEvents("12345");
        var sink = await To.SinkAsync();
        var source = Some.Source(Some.Accounts);
        await sink.WriteAsync(Some.Batch(await Destination.TakeAsync(sink, source), events), Never);
        (await To.DocumentsAsync(AccountModel.Model)).ShouldBe(Destination.Fold(AccountModel.Model, events));
        var movements = await To.DocumentsAsync(AccountModel.Movements.Naming);
        movements.Keys.ShouldBe(["12345@1", "12345@2", "12345@3"]);
        movements["12345@2"].ShouldContain("\"amount\":-100");
        var queries = new DocumentQueries(To.Client, To.Settings, TimeProvider.System);
        var page = await queries.SearchAsync(AccountModel.Movements.Naming, JsonNode.Parse("""
            {"query":{"term":{"accountId":"12345"}},"sort":[{"meta.sequence":"asc"}],
             "aggs":{"months":{"date_histogram":{"field":"occurredAt","calendar_interval":"month","min_doc_count":1},"aggs":{"amount":{"sum":{"field":"amount"}}}}}}
            """)!.AsObject(), 2, after: null, Never);
        page.Items.Count.ShouldBe(2);
        page.Sums!.Value.GetProperty("months").GetProperty("buckets").EnumerateArray().Select(bucket => bucket.GetProperty("amount").GetProperty("value").GetDouble()).ShouldBe([400, 800]);
        DocumentQueries.VersionOf(await queries.FindAsync(AccountModel.Model, "12345", atLeast: 3, Never)).ShouldBe(3);
    }

    [ConformanceFact]
    public async Task What_was_written_before_a_crash_is_written_again_without_harm()
    {
        var events = Some.StockEvents(5, 60);
        var sink = await To.SinkAsync();
        var checkpoint = await Destination.TakeAsync(sink, Some.Source());
        await sink.WriteAsync(Some.Batch(checkpoint, events[..40]), Never);
        // As if the host had died between documents and checkpoint.
        var held = (await To.Checkpoints.FindAsync(Some.Source(), Never))!;
        await To.Checkpoints.ReplaceAsync(Some.Source(), held, held.Document with { Checkpoint = held.Checkpoint with { NextOffset = 0 } }, Never);

        var next = await To.SinkAsync();
        var taken = await Destination.TakeAsync(next, Some.Source());
        taken.NextOffset.ShouldBe(0);
        await next.WriteAsync(Some.Batch(taken, events[..25]), Never);
        await next.WriteAsync(Some.Batch(taken, events[..25]), Never);
        await next.WriteAsync(Some.Batch(taken, events[25..]), Never);
        (await To.DocumentsAsync(Products.Model)).ShouldBe(Destination.Fold(Products.Model, events));
    }

    [ConformanceFact]
    public async Task An_aggregate_that_is_derived_again_is_replaced_alone_and_goes_on_in_its_new_epoch()
    {
        var events = Some.StockEvents(productCount: 3, eventCount: 60);
        // What another day's code made of them: other names.
        List<RecordedEvent> earlier = [.. events.Select(recorded => recorded.Record is ProductRegistered registered ? recorded with { Record = registered with { DisplayName = "of then" } } : recorded)];
        var sink = await To.SinkAsync();
        var old = await Destination.TakeAsync(sink, Some.Source());
        await sink.WriteAsync(Some.Batch(old, earlier[..45]), Never);
        var next = await To.SinkAsync();
        var taken = await Destination.TakeAsync(next, Some.Source());
        var whole = Some.Batch(taken, [.. events[..45].Where(recorded => recorded.AggregateId == "SKU-1")]) with { NextOffset = 45, IsRedrive = true, Mode = SinkMode.Replay };

        await next.RederiveAsync(whole, Never);
        taken = await Destination.TakeAsync(next, Some.Source());
        taken.NextOffset.ShouldBe(45);
        taken.Epoch.ShouldBe(2);
        await next.RederiveAsync(whole with { Epoch = taken.Epoch, Fence = taken.Fence }, Never);   // After a crash it is done once more.
        await Should.ThrowAsync<Exception>(() => sink.WriteAsync(Some.Batch(old, earlier[45..]), Never));
        taken = await Destination.TakeAsync(next, Some.Source());
        await next.WriteAsync(Some.Batch(taken, events[45..]), Never);

        var (then, now) = (Destination.Fold(Products.Model, earlier), Destination.Fold(Products.Model, events));
        (await To.DocumentsAsync(Products.Model)).ShouldBe(new SortedDictionary<string, string>(StringComparer.Ordinal) { ["SKU-0"] = then["SKU-0"], ["SKU-1"] = now["SKU-1"], ["SKU-2"] = then["SKU-2"] });
    }

    [ConformanceFact]
    public async Task A_zombie_moves_no_checkpoint_and_spoils_no_document()
    {
        var events = Some.StockEvents(5, 60);
        var zombie = await To.SinkAsync();
        var old = await Destination.TakeAsync(zombie, Some.Source());
        await zombie.WriteAsync(Some.Batch(old, events[..20]), Never);
        var owner = await To.SinkAsync();
        var checkpoint = await Destination.TakeAsync(owner, Some.Source());
        checkpoint.Fence.ShouldBe(old.Fence + 1);
        checkpoint.NextOffset.ShouldBe(20);
        await owner.WriteAsync(Some.Batch(checkpoint, events[20..50]), Never);
        await Should.ThrowAsync<FencedException>(() => zombie.WriteAsync(Some.Batch(old, events[20..30]), Never));
        await Should.ThrowAsync<FencedException>(() => zombie.RecordGroupAsync(Some.Source(), old.Fence, default, Never));
        await Should.ThrowAsync<FencedException>(() => zombie.EraseAsync(Some.Source(), old.Fence, [new("SKU-0", 4, "x", default)], Never));
        await Should.ThrowAsync<FencedException>(() => zombie.ResetAsync(new Reset(Some.Source(), 20, 0, old.Fence, default), Never));
        await owner.WriteAsync(Some.Batch(checkpoint, events[50..]), Never);
        (await To.DocumentsAsync(Products.Model)).ShouldBe(Destination.Fold(Products.Model, events));
    }

    [ConformanceFact]
    public async Task A_reset_to_the_middle_derives_everything_again_from_the_first_event_also_through_a_crash()
    {
        var events = Some.StockEvents(5, 60);
        var sink = await To.SinkAsync();
        var first = await Destination.TakeAsync(sink, Some.Source());
        await sink.WriteAsync(Some.Batch(first, events), Never);
        var reset = await sink.ResetAsync(new Reset(Some.Source(), 60, 30, first.Fence, new GroupOffsets(30, 30)), Never);
        (reset.Epoch, reset.NextOffset, reset.ReplayUntil).ShouldBe((2, 0, 60));
        await sink.WriteAsync(Some.Batch(reset, events[..13]), Never);

        var next = await To.SinkAsync();   // Another host goes on in the middle.
        var checkpoint = await Destination.TakeAsync(next, Some.Source());
        (checkpoint.Epoch, checkpoint.NextOffset).ShouldBe((2, 13));
        await next.WriteAsync(Some.Batch(checkpoint, events[10..]), Never);
        (await To.DocumentsAsync(Products.Model, withEpoch: true)).ShouldBe(Destination.Fold(Products.Model, events, epoch: 2, withEpoch: true));
    }

    [ConformanceFact]
    public async Task A_confirmed_reset_forward_goes_on_from_the_documents_that_are_there()
    {
        var events = Some.StockEvents(2, 20);
        var sink = await To.SinkAsync();
        var first = await Destination.TakeAsync(sink, Some.Source());
        await sink.WriteAsync(Some.Batch(first, events[..6]), Never);
        var reset = await sink.ResetAsync(new Reset(Some.Source(), 6, 10, first.Fence, new GroupOffsets(10, 10)), Never);
        (reset.Epoch, reset.NextOffset, reset.SkippedBefore).ShouldBe((2, 10, 10));
        await sink.WriteAsync(Some.Batch(reset, events[10..]) with { SkippedBefore = 10 }, Never);
        var documents = await To.DocumentsAsync(Products.Model);
        documents["SKU-1"].ShouldContain("\"name\":\"Widget number 1\"");
        documents["SKU-1"].ShouldContain("\"sequence\":10");
    }

    [ConformanceFact]
    public async Task An_erased_aggregate_leaves_nothing_and_nothing_of_it_comes_back()
    {
        var source = Some.Source(Some.Accounts);
        var events = Some.AccountEvents("7");
        var sink = await To.SinkAsync();
        var checkpoint = await Destination.TakeAsync(sink, source);
        await sink.WriteAsync(Some.Batch(checkpoint, events), Never);
        for (var twice = 0; twice < 2; twice++)
            await sink.EraseAsync(source, checkpoint.Fence, [new Erasure("never seen", 11_000, "more than one request", default), new Erasure("7", 3, "asked", default)], Never);
        (await To.DocumentsAsync(AccountModel.Model)).ShouldBeEmpty();
        (await To.DocumentsAsync(AccountModel.Movements.Naming)).ShouldBeEmpty();
        await Should.ThrowAsync<DocumentConflictException>(() => sink.WriteAsync(Some.Batch(checkpoint, events), Never));
        (await To.DocumentsAsync(AccountModel.Model)).ShouldBeEmpty();
    }

    [ConformanceFact]
    public async Task A_gap_and_a_second_value_under_one_key_are_poison()
    {
        var events = Some.StockEvents(1, 5);
        var sink = await To.SinkAsync();
        var checkpoint = await Destination.TakeAsync(sink, Some.Source());
        (await Should.ThrowAsync<PoisonEventException>(() => sink.WriteAsync(Some.Batch(checkpoint, [events[0], events[2]]), Never))).Offset.ShouldBe(2);
        await sink.WriteAsync(Some.Batch(checkpoint, events[..2]), Never);
        var other = Some.Recorded(new StockReceived(new Sku("SKU-0"), 99, null, null, 99, 0, DateTimeOffset.UnixEpoch.AddYears(52)), "SKU-0", 2, 7, Some.Stock);
        (await Should.ThrowAsync<PoisonEventException>(() => sink.WriteAsync(Some.Batch(checkpoint, [other]), Never))).Offset.ShouldBe(7);
    }

    [ConformanceFact]
    public async Task A_document_that_the_mapping_refuses_is_poison_and_those_before_it_can_be_written()
    {
        var index = Products.Model.IndexOf(To.Settings);
        var definition = Products.Model.Definition(1).Replace("\"onHand\":{\"type\":\"integer\"}", "\"onHand\":{\"type\":\"byte\"}", StringComparison.Ordinal);
        using (await To.Client.SendAsync(HttpMethod.Put, index, Encoding.UTF8.GetBytes(definition), Never))
        {
        }

        var events = Some.StockEvents(2, 4);
        var large = Some.Recorded(new StockReceived(new Sku("SKU-0"), 1_000, null, null, 1_000, 0, DateTimeOffset.UnixEpoch.AddYears(52)), "SKU-0", 3, 4, Some.Stock);
        var sink = await To.SinkAsync();
        var checkpoint = await Destination.TakeAsync(sink, Some.Source());
        var poison = await Should.ThrowAsync<PoisonEventException>(() => sink.WriteAsync(Some.Batch(checkpoint, [.. events, large]), Never));
        poison.Offset.ShouldBe(4);
        sink.IsTransient(poison).ShouldBeFalse();
        await sink.WriteAsync(Some.Batch(checkpoint, events), Never);
        (await To.DocumentsAsync(Products.Model)).ShouldBe(Destination.Fold(Products.Model, events));
    }

    [ConformanceFact]
    public async Task Another_cluster_or_topic_disturbs_nothing()
    {
        var sink = await To.SinkAsync();
        var checkpoint = await Destination.TakeAsync(sink, Some.Source());
        var other = await To.SinkAsync();
        (await Destination.TakeAsync(other, Some.Source(topicId: "topic-2"))).ShouldBe(checkpoint);
        await sink.WriteAsync(Some.Batch(checkpoint, Some.StockEvents(1, 1)), Never);
    }
}

public sealed class EmbeddedElasticSinkTests(EmbeddedServer server) : ElasticSinkSuite(server), IClassFixture<EmbeddedServer>
{
    [Fact]
    public async Task Requests_that_are_too_large_are_halved_and_a_document_that_is_too_large_is_poison()
    {
        // The server takes 256 KB.
        var events = Some.StockEvents(1_500, 1_500);
        var sink = await To.SinkAsync();
        var checkpoint = await Destination.TakeAsync(sink, Some.Source());
        await sink.WriteAsync(Some.Batch(checkpoint, events), CancellationToken.None);
        (await To.DocumentsAsync(Products.Model)).Count.ShouldBe(1_500);
        var huge = Some.Recorded(
            new ProductRegistered(new Sku("huge"), new string('x', 300_000), null, null, 0, 0, DateTimeOffset.UnixEpoch.AddYears(52)), "huge", 1, 1_500, Some.Stock);
        (await Should.ThrowAsync<PoisonEventException>(() => sink.WriteAsync(Some.Batch(checkpoint, [huge]), CancellationToken.None))).Offset.ShouldBe(1_500);
    }
}

[Needs(RealServer.Search)]
public sealed class RealElasticSinkTests(RealServerFixture server) : ElasticSinkSuite(server), IClassFixture<RealServerFixture>;
