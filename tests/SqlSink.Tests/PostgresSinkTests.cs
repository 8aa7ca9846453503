using Streaming.Contracts.Envelope;
using Npgsql;
using Streaming.Fixtures;
using Streaming.Sinks;
using Streaming.Sinks.Erasing;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;
using Streaming.SqlSink.Tests.Support;

namespace Streaming.SqlSink.Tests;

public sealed class PostgresSinkTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly CancellationToken _never = CancellationToken.None;

    [Fact]
    public async Task The_reference_story_ends_at_190_units()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        var checkpoint = await database.TakeAsync();

        await database.Sink.WriteAsync(Some.Batch(checkpoint, Some.Recorded(ProductHistory.Reference())), _never);

        (await database.RowsAsync("SELECT * FROM stock_records")).ShouldBe(["XYZ-1|190|2022-03-15|2022-04-01"]);
        (await database.RowsAsync("SELECT next_offset, epoch, fence, group_confirmed, group_intended FROM checkpoints")).ShouldBe(["8|1|1||8"]);
    }

    [Fact]
    public async Task Reservations_count_as_reserved_and_shipping_as_outgoing()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        var history = new ProductHistory("B").Register("2022-01-01").Receive(10, "2022-01-02").Reserve(6, "2022-01-03").Release(2, "2022-01-04").Ship(3, "2022-01-05");

        await database.Sink.WriteAsync(Some.Batch(await database.TakeAsync(), Some.Recorded(history)), _never);

        (await database.RowsAsync("SELECT on_hand, reserved, available, last_incoming_at::date, last_outgoing_at::date FROM stock")).ShouldBe(["7|1|6|2022-01-02|2022-01-05"]);
        (await database.RowsAsync("SELECT sequence, delta_on_hand, delta_reserved, order_id FROM stock_history ORDER BY sequence"))
            .ShouldBe(["1|0|0|", "2|10|0|", "3|0|6|order-1", "4|0|-2|order-1", "5|-3|-3|order-1"]);
    }

    [Fact]
    public async Task Deltas_fold_to_the_levels_that_events_carry()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        await database.Sink.WriteAsync(Some.Batch(await database.TakeAsync(), Some.Recorded(ProductHistory.Reference())), _never);

        (await database.RowsAsync("""
            SELECT sequence FROM (SELECT sequence, on_hand, sum(delta_on_hand) OVER (PARTITION BY sku ORDER BY sequence) AS folded FROM stock_movements) m
            WHERE on_hand <> folded
            """)).ShouldBeEmpty();
    }

    [Fact]
    public async Task History_rows_hold_until_the_next_one()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        await database.Sink.WriteAsync(Some.Batch(await database.TakeAsync(), Some.Recorded(new ProductHistory("A").Register("2022-01-01").Receive(5, "2022-01-02"), firstOffset: 40)), _never);

        (await database.RowsAsync("""
            SELECT valid_from_sequence, valid_to_sequence, valid_from_offset, valid_to_offset, recorded_to = lead(recorded_from) OVER (ORDER BY sequence) AS joined, position
            FROM stock_history ORDER BY sequence
            """)).ShouldBe(["1|2|40|41|true|inventory.events-0@40", "2||41|||inventory.events-0@41"]);
    }

    [Fact]
    public async Task The_audit_log_shows_an_event_as_it_was_written()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        var recorded = Some.Recorded(new ProductHistory("A").Register("2022-01-01", "Größe „L“")) [0] with { Actor = "maria", CorrelationId = "visit-3" };
        await database.Sink.WriteAsync(Some.Batch(await database.TakeAsync(), [recorded]), _never);

        (await database.RowsAsync("SELECT event_id, event_type, aggregate_id, sequence, causation_id, correlation_id, actor, schema_id, payload->>'displayName' AS name, payload->>'occurredAt' AS at FROM audit_log"))
            .ShouldBe([$"{recorded.EventId}|streaming.inventory.v2.ProductRegistered|A|1|command-0|visit-3|maria|7|Größe „L“|2022-01-01T10:00:00Z"]);
    }

    [Fact]
    public async Task A_batch_that_comes_twice_changes_nothing()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        var batch = Some.Batch(await database.TakeAsync(), Some.Recorded(ProductHistory.Reference()));
        await database.Sink.WriteAsync(batch, _never);
        var once = await database.ContentAsync();

        await database.Sink.WriteAsync(batch, _never);

        (await database.ContentAsync()).ShouldBe(once);
    }

    [Fact]
    public async Task A_batch_that_overlaps_the_one_before_adds_only_what_is_new()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        var events = Some.Recorded(ProductHistory.Reference());
        var checkpoint = await database.TakeAsync();
        await database.Sink.WriteAsync(Some.Batch(checkpoint, events[..5]), _never);

        await database.Sink.WriteAsync(Some.Batch(checkpoint, events[2..]), _never);

        (await database.RowsAsync("SELECT count(*) AS n, max(sequence) AS last FROM stock_movements")).ShouldBe(["8|8"]);
    }

    [Fact]
    public async Task A_connection_that_breaks_before_the_commit_leaves_nothing_behind()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        var batch = Some.Batch(await database.TakeAsync(), Some.Recorded(ProductHistory.Reference()));
        await using var blocker = await database.Source.OpenConnectionAsync();
        await using var blocking = await blocker.BeginTransactionAsync();
        await new NpgsqlCommand("SELECT 1 FROM audit_log; LOCK TABLE audit_log IN ACCESS EXCLUSIVE MODE", blocker, blocking).ExecuteNonQueryAsync();

        var writing = database.Sink.WriteAsync(batch, _never);
        await Eventually.Async(async () => await TerminateWaitingAsync(database) == 1, Eventually.DefaultDeadline, "the sink waits for the lock");
        var failure = await Should.ThrowAsync<Exception>(writing);
        await blocking.RollbackAsync();

        database.Sink.IsTransient(failure).ShouldBeTrue();
        (await database.ContentAsync()).ShouldBeEmpty();
        await database.Sink.WriteAsync(batch, _never);
        (await database.RowsAsync("SELECT count(*) AS n FROM audit_log")).ShouldBe(["8"]);
    }

    [Fact]
    public async Task What_a_zombie_writes_is_refused()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        var zombie = await database.TakeAsync();
        var owner = await database.TakeAsync();
        var events = Some.Recorded(ProductHistory.Reference());

        await Should.ThrowAsync<FencedException>(database.Sink.WriteAsync(Some.Batch(zombie, events), _never));
        await Should.ThrowAsync<FencedException>(database.Sink.RecordGroupAsync(Some.Source(), zombie.Fence, new GroupOffsets(3, 3), _never));
        await Should.ThrowAsync<FencedException>(database.Sink.ResetAsync(new Reset(Some.Source(), 0, 0, zombie.Fence, default), _never));
        (await database.ContentAsync()).ShouldBeEmpty();

        await database.Sink.WriteAsync(Some.Batch(owner, events), _never);
        owner.Fence.ShouldBe(2);
    }

    [Fact]
    public async Task A_zombie_that_was_overtaken_within_its_transaction_is_refused()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        var zombie = await database.TakeAsync();
        // The new owner's transaction holds the checkpoint; the zombie's waits for it, and then sees the higher fence.
        await using var owner = await database.Source.OpenConnectionAsync();
        await using var taking = await owner.BeginTransactionAsync();
        await new NpgsqlCommand("UPDATE checkpoints SET fence = fence + 1", owner, taking).ExecuteNonQueryAsync();
        var writing = database.Sink.WriteAsync(Some.Batch(zombie, Some.Recorded(ProductHistory.Reference())), _never);
        await taking.CommitAsync();

        await Should.ThrowAsync<FencedException>(writing);
        (await database.ContentAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_checkpoint_of_another_cluster_is_shown_and_left_alone()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        await database.TakeAsync();

        var seen = await database.TakeAsync(Some.Source(cluster: "cluster-2"));

        seen.ClusterId.ShouldBe("cluster-1");
        seen.Fence.ShouldBe(1);
    }

    [Fact]
    public async Task A_gap_in_the_sequences_is_poison()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        var events = Some.Recorded(ProductHistory.Reference());

        var poison = await Should.ThrowAsync<PoisonEventException>(
            database.Sink.WriteAsync(Some.Batch(await database.TakeAsync(), [events[0], events[1], events[3]]), _never));

        poison.Offset.ShouldBe(3);
        poison.Message.ShouldContain("XYZ-1 has sequence 4 where 3 was due");
        (await database.ContentAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_event_that_repeats_an_earlier_one_is_harmless(bool isInOneBatch)
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        var checkpoint = await database.TakeAsync();
        var events = Some.Recorded(ProductHistory.Reference());
        var repeated = events[1] with { Offset = 20 };
        await WriteAsync(database, checkpoint, isInOneBatch, events, repeated);

        (await database.RowsAsync("SELECT count(*) AS n FROM stock_movements")).ShouldBe(["8"]);
        (await database.RowsAsync("SELECT next_offset FROM checkpoints")).ShouldBe(["21"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Another_value_under_a_key_that_was_seen_is_poison(bool isInOneBatch)
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        var checkpoint = await database.TakeAsync();
        var events = Some.Recorded(ProductHistory.Reference());
        var contradiction = Some.Recorded(new ProductHistory("XYZ-1").Register("2022-01-01").Receive(121, "2022-01-01").Events[1], sequence: 2, offset: 20);

        var poison = await Should.ThrowAsync<PoisonEventException>(WriteAsync(database, checkpoint, isInOneBatch, events, contradiction));

        poison.Offset.ShouldBe(20);
        poison.Message.ShouldContain("XYZ-1@2");
        (await database.RowsAsync("SELECT next_offset FROM checkpoints")).ShouldBe([isInOneBatch ? "0" : "8"]);
    }

    [Fact]
    public async Task A_text_that_PostgreSQL_cannot_store_is_poison()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        var events = Some.Recorded(new ProductHistory("A").Register("2022-01-01").Receive(1, "2022-01-02", reason: "nul \0 inside"));

        var poison = await Should.ThrowAsync<PoisonEventException>(database.Sink.WriteAsync(Some.Batch(await database.TakeAsync(), events), _never));

        poison.Offset.ShouldBe(1);
        poison.Message.ShouldContain("U+0000");
    }

    [Fact]
    public async Task An_event_of_another_product_than_its_key_names_is_poison()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        var recorded = Some.Recorded(new ProductHistory("A").Register("2022-01-01"))[0] with { AggregateId = "B" };

        var poison = await Should.ThrowAsync<PoisonEventException>(database.Sink.WriteAsync(Some.Batch(await database.TakeAsync(), [recorded]), _never));

        poison.Message.ShouldContain("the key names B, the event A");
    }

    [Fact]
    public async Task What_was_erased_is_in_no_table_and_its_neighbours_are_as_they_were()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        var checkpoint = await database.TakeAsync();
        var neighbour = Some.Recorded(ProductHistory.Reference("B"), firstOffset: 8);
        await database.Sink.WriteAsync(Some.Batch(checkpoint, neighbour), _never);
        var before = await database.ContentAsync();
        checkpoint = checkpoint with { NextOffset = 16 };
        await database.Sink.WriteAsync(Some.Batch(checkpoint, Some.Recorded(ProductHistory.Reference("A"), firstOffset: 16)), _never);
        Erasure[] erasures = [new("A", 8, "no\0reason", DateTimeOffset.UnixEpoch), new("never seen", 3, "", DateTimeOffset.UnixEpoch), new("un\0storable", 1, "", DateTimeOffset.UnixEpoch)];

        // Twice, as by a host that dies before it knows that it has done it.
        await database.Sink.EraseAsync(Some.Source(), checkpoint.Fence, erasures, _never);
        await database.Sink.EraseAsync(Some.Source(), checkpoint.Fence, erasures, _never);

        (await database.ContentAsync()).ShouldBe(before);
        (await database.RowsAsync("SELECT aggregate_id, reason FROM erasures ORDER BY aggregate_id")).ShouldBe(["A|no reason", "never seen|"]);
    }

    [Fact]
    public async Task A_zombie_erases_nothing()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        var zombie = await database.TakeAsync();
        await database.Sink.WriteAsync(Some.Batch(zombie, Some.Recorded(ProductHistory.Reference())), _never);
        await database.TakeAsync();

        await Should.ThrowAsync<FencedException>(
            () => database.Sink.EraseAsync(Some.Source(), zombie.Fence, [new("XYZ-1", 8, "", DateTimeOffset.UnixEpoch)], _never));

        (await database.RowsAsync("SELECT sku FROM stock")).ShouldBe(["XYZ-1"]);
    }

    [Fact]
    public async Task A_reset_into_the_middle_and_what_is_derived_again_equal_what_was_there()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        var checkpoint = await database.TakeAsync();
        var events = Interleaved(ProductHistory.Reference("A"), ProductHistory.Reference("B"), new ProductHistory("LATE").Register("2022-05-01").Receive(1, "2022-05-02"));
        await database.Sink.WriteAsync(Some.Batch(checkpoint, events), _never);
        var before = await database.ContentAsync();

        var reset = await database.Sink.ResetAsync(new Reset(Some.Source(), FromOffset: events.Count, ToOffset: 7, checkpoint.Fence, new GroupOffsets(7, 7)), _never);

        reset.ShouldBe(new Checkpoint("cluster-1", "topic-1", NextOffset: 7, Epoch: 2, checkpoint.Fence, new GroupOffsets(7, 7), ReplayUntil: events.Count));
        (await database.RowsAsync("SELECT max(record_offset) AS last FROM audit_log")).ShouldBe(["6"]);
        (await database.RowsAsync("SELECT sku, on_hand, version, last_outgoing_at::date, epoch FROM stock ORDER BY sku"))
            .ShouldBe(["A|100|3|2022-02-01|2", "B|120|2||2", "LATE|1|2||1"]);
        (await database.RowsAsync("SELECT from_offset, to_offset, epoch, applied_at IS NOT NULL AS applied FROM resets")).ShouldBe(["18|7|2|true"]);

        await database.Sink.WriteAsync(Some.Batch(reset, events[7..]), _never);
        (await database.ContentAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task A_reset_to_the_start_replaces_stale_and_wrong_rows()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        var checkpoint = await database.TakeAsync();
        var events = Some.Recorded(ProductHistory.Reference());
        await database.Sink.WriteAsync(Some.Batch(checkpoint, events), _never);
        var before = await database.ContentAsync();
        await database.ExecuteAsync("UPDATE stock SET on_hand = 7777; UPDATE stock_movements SET on_hand = 8888, reason = 'wrong' WHERE sequence > 3");

        var reset = await database.Sink.ResetAsync(new Reset(Some.Source(), 8, 0, checkpoint.Fence, new GroupOffsets(0, 0)), _never);
        await database.Sink.WriteAsync(Some.Batch(reset, events), _never);

        (await database.ContentAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task A_reset_forward_leaves_a_gap_that_is_known()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        var checkpoint = await database.TakeAsync();
        var events = Some.Recorded(ProductHistory.Reference());
        await database.Sink.WriteAsync(Some.Batch(checkpoint, events[..3]), _never);

        var after = await database.Sink.ResetAsync(new Reset(Some.Source(), FromOffset: 3, ToOffset: 6, checkpoint.Fence, new GroupOffsets(3, 6)), _never);

        after.ShouldBe(checkpoint with { NextOffset = 6, Epoch = 2, SkippedBefore = 6, Group = new GroupOffsets(3, 6) });
        await database.Sink.WriteAsync(Some.Batch(after, events[6..], skippedBefore: after.SkippedBefore), _never);
        (await database.RowsAsync("SELECT on_hand, version FROM stock")).ShouldBe(["190|8"]);
    }

    [Fact]
    public async Task Dead_letters_that_are_handled_after_all_are_written_and_the_checkpoint_stays()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        var checkpoint = await database.TakeAsync();
        var events = Interleaved(ProductHistory.Reference("A"), ProductHistory.Reference("B"));
        var (good, late) = (events.Where(recorded => recorded.AggregateId == "A").ToList(), events.Where(recorded => recorded.AggregateId == "B").ToList());
        await database.Sink.WriteAsync(Some.Batch(checkpoint, good) with { NextOffset = events.Count }, _never);

        foreach (var one in late.Concat(late))
            await database.Sink.WriteAsync(Some.Batch(checkpoint, [one]) with { NextOffset = events.Count, IsRedrive = true }, _never);

        (await database.RowsAsync("SELECT sku, on_hand, version FROM stock ORDER BY sku")).ShouldBe(["A|190|8", "B|190|8"]);
        (await database.RowsAsync("SELECT count(*) AS n FROM audit_log")).ShouldBe(["16"]);
        (await database.TakeAsync()).NextOffset.ShouldBe(events.Count);
    }

    [Fact]
    public async Task A_discarded_event_is_no_gap()
    {
        await using var database = await SinkDatabase.CreateAsync(postgres);
        var checkpoint = await database.TakeAsync();
        var events = Some.Recorded(ProductHistory.Reference());
        var without = events.Where(recorded => recorded.Sequence != 4).ToList();

        await Should.ThrowAsync<PoisonEventException>(database.Sink.WriteAsync(Some.Batch(checkpoint, without), _never));
        await database.Sink.WriteAsync(Some.Batch(checkpoint, without) with { Discarded = new HashSet<EventKey> { new("XYZ-1", 4) } }, _never);

        (await database.RowsAsync("SELECT version FROM stock")).ShouldBe(["8"]);
    }

    private static List<RecordedEvent> Interleaved(params ProductHistory[] histories)
    {
        var events = new List<RecordedEvent>();
        for (var i = 0; histories.Any(history => i < history.Events.Count); i++)
        {
            foreach (var history in histories.Where(history => i < history.Events.Count))
                events.Add(Some.Recorded(history.Events[i], i + 1, events.Count));
        }

        return events;
    }

    private static async Task WriteAsync(
        SinkDatabase database, Checkpoint checkpoint, bool isInOneBatch, List<RecordedEvent> events, RecordedEvent last)
    {
        if (isInOneBatch)
        {
            await database.Sink.WriteAsync(Some.Batch(checkpoint, [.. events, last]), _never);
            return;
        }

        await database.Sink.WriteAsync(Some.Batch(checkpoint, events), _never);
        await database.Sink.WriteAsync(Some.Batch(checkpoint, [last]), _never);
    }

    private static async Task<int> TerminateWaitingAsync(SinkDatabase database)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "SELECT count(pg_terminate_backend(pid))::int FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database() AND query LIKE 'COPY streaming.audit_log%'", connection);
        return (int)(await command.ExecuteScalarAsync())!;
    }
}
