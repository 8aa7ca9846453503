using Confluent.Kafka;
using Streaming.Commands.Tests.Running;
using Streaming.Contracts.Commands;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Inventory;
using static Streaming.Commands.Tests.Running.Some;

namespace Streaming.Commands.Tests;

/// <summary>What a processor makes of single commands.</summary>
public sealed class CommandProcessorTests(KafkaFixture kafka) : IDisposable
{
    private readonly Installation _installation = new(kafka);

    [Fact]
    public async Task An_accepted_command_becomes_an_event_and_a_result()
    {
        await using var processor = _installation.Start();
        await _installation.SendAsync("c-1", Register("A"));
        await _installation.SendAsync("c-2", Receive("A", 5));

        var results = await _installation.ResultsAsync(2);
        var events = await _installation.EventsAsync();

        results.Select(result => result.Key).ShouldBe(["A/c-1", "A/c-2"]);
        results[1].Value.ShouldBeOfType<CommandAccepted>().Version.ShouldBe(2);
        events.Select(happened => happened.Key).ShouldBe(["A@1", "A@2"]);
        var received = events[1].Value.ShouldBeOfType<StockReceived>();
        received.OnHand.ShouldBe(5);
        events[1].Header(HeaderNames.CausationId).ShouldBe("c-2");
        events[1].Header(HeaderNames.CorrelationId).ShouldBe("c-2");
        events[1].Header(HeaderNames.Sequence).ShouldBe("2");
        events[1].Header(HeaderNames.Subject).ShouldBe("A");
        events[1].Header(HeaderNames.Actor).ShouldBe("somebody");
        events[1].Header(HeaderNames.Type).ShouldBe("streaming.inventory.StockReceived");
        Guid.Parse(events[1].Header(HeaderNames.Id)!).Version.ShouldBe(7);
        DateTimeOffset.Parse(events[1].Header(HeaderNames.Time)!).ShouldBe(received.OccurredAt);
        events.ShouldAllBe(happened => happened.Record.Partition.Value == Installation.PartitionOf("A"));
    }

    [Fact]
    public async Task A_refused_command_has_a_result_and_no_event()
    {
        await using var processor = _installation.Start();
        await _installation.SendAsync("c-1", Sell("A", 5));

        var refused = (await _installation.ResultsAsync(1))[0].Value.ShouldBeOfType<CommandRefused>();

        refused.Code.ShouldBe("unknown-sku");
        refused.Version.ShouldBe(0);
        (await _installation.EventsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_repeated_command_gets_the_same_result_byte_for_byte_and_happens_once()
    {
        await using var processor = _installation.Start();
        await _installation.SendAsync("c-1", Register("A"));
        await _installation.SendAsync("c-1", Register("A"));
        await _installation.SendAsync("c-1", Register("A", "Another body"));

        var results = await _installation.ResultsAsync(3);

        results.ShouldAllBe(result => result.Bytes == results[0].Bytes);
        (await _installation.EventsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_repeated_command_is_recognised_after_a_restart()
    {
        await using (var processor = _installation.Start())
        {
            await _installation.SendAsync("c-1", Register("A"));
            await _installation.ResultsAsync(1);
        }

        await using var successor = _installation.Start();
        await _installation.SendAsync("c-1", Register("A"));
        var results = await _installation.ResultsAsync(2);

        results[1].Bytes.ShouldBe(results[0].Bytes);
        (await _installation.EventsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_same_id_on_two_aggregates_is_two_commands()
    {
        await using var processor = _installation.Start();
        await _installation.SendAsync("c-1", Register("A"));
        await _installation.SendAsync("c-1", Register("B"));

        (await _installation.ResultsAsync(2)).ShouldAllBe(result => result.Value is CommandAccepted);
    }

    [Fact]
    public async Task A_misplaced_command_is_passed_on_and_decided_where_it_belongs()
    {
        await using var processor = _installation.Start();
        var right = Installation.PartitionOf("A");
        await _installation.SendAsync("c-1", Register("A"), partition: 1 - right);

        var result = (await _installation.ResultsAsync(1)).ShouldHaveSingleItem();

        result.Value.ShouldBeOfType<CommandAccepted>();
        result.Record.Partition.Value.ShouldBe(right);
        (await _installation.EventsAsync()).ShouldHaveSingleItem().Record.Partition.Value.ShouldBe(right);
    }

    [Fact]
    public async Task An_expected_version_that_is_not_there_is_refused_and_the_current_one_named()
    {
        await using var processor = _installation.Start();
        await _installation.SendAsync("c-1", Register("A"), expectedVersion: "0");
        await _installation.SendAsync("c-2", Receive("A"), expectedVersion: "7");
        await _installation.SendAsync("c-3", Receive("A"), expectedVersion: "1");

        var results = await _installation.ResultsAsync(3);

        results[0].Value.ShouldBeOfType<CommandAccepted>();
        var conflict = results[1].Value.ShouldBeOfType<CommandRefused>();
        conflict.Code.ShouldBe("version-conflict");
        conflict.Reason.ShouldContain("current version is 1");
        results[2].Value.ShouldBeOfType<CommandAccepted>().Version.ShouldBe(2);
    }

    [Fact]
    public async Task What_cannot_be_read_is_refused_as_malformed_where_somebody_can_be_answered()
    {
        await using var processor = _installation.Start();
        static Headers Id(string id) => new() { { HeaderNames.Id, Installation.Utf8(id) } };
        await _installation.SendRawAsync("A", [1, 2, 3], Id("no-frame"));
        await _installation.SendRawAsync("A", [0, 0, 0, 0, 99, 2], Id("unknown-schema"));
        await _installation.SendRawAsync("A", null, Id("no-value"));
        await _installation.SendRawAsync("A", _installation.Format.Encode(Register("B")), Id("another-key"));
        await _installation.SendRawAsync("A", [1, 2, 3], []);       // Nobody can be answered.
        await _installation.SendAsync("bad-version", Register("A"), expectedVersion: "-1");
        await _installation.SendAsync("c-1", Register("A"));

        var results = await _installation.ResultsAsync(6);

        results.Count.ShouldBe(6);
        var refused = results.Take(5).Select(result => result.Value.ShouldBeOfType<CommandRefused>()).ToList();
        refused.ShouldAllBe(result => result.Code == "malformed");
        refused.Select(result => result.CommandId).ShouldBe(["no-frame", "unknown-schema", "no-value", "another-key", "bad-version"]);
        refused[1].Reason.ShouldContain("schema id 99");
        results[5].Value.ShouldBeOfType<CommandAccepted>();
    }

    [Fact]
    public async Task A_command_recorded_before_the_window_is_expired_and_never_decided()
    {
        await using var processor = _installation.Start();
        await _installation.SendAsync("c-1", Register("A"), recordedAt: TimeProvider.System.GetUtcNow().AddHours(-25));

        (await _installation.ResultsAsync(1))[0].Value.ShouldBeOfType<CommandRefused>().Code.ShouldBe("expired");
        (await _installation.EventsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_clock_of_a_client_neither_makes_its_command_expire_nor_live_for_ever()
    {
        await using var processor = await _installation.StartOnCatalogueTopics().ReadyAsync();
        var now = TimeProvider.System.GetUtcNow();
        await _installation.SendAsync("c-1", Register("A"), recordedAt: now.AddDays(-30));
        await _installation.SendAsync("c-2", Receive("A"), recordedAt: now.AddMinutes(50));

        (await _installation.ResultsAsync(2)).ShouldAllBe(result => result.Value is CommandAccepted);
        var commands = await _installation.ReadAsync<InventoryCommand>(_installation.Topics.Commands);
        commands.ShouldAllBe(command => command.Record.Message.Timestamp.Type == TimestampType.LogAppendTime);
        (await _installation.EventsAsync()).ShouldAllBe(happened => happened.Value.OccurredAt < now.AddMinutes(5) && happened.Value.OccurredAt > now.AddMinutes(-5));
    }

    [Fact]
    public async Task A_command_that_was_passed_on_is_as_old_as_it_was()
    {
        await using var processor = _installation.StartOnCatalogueTopics();
        var headers = new Headers
        {
            { HeaderNames.Id, Installation.Utf8("c-1") },
            { HeaderNames.RecordedTime, Installation.Utf8(TimeProvider.System.GetUtcNow().AddHours(-25).ToString("O")) },
        };
        await Eventually.Async(async () => await processor.TroubleAsync() is null, Eventually.DefaultDeadline, "ready");
        await _installation.SendRawAsync("A", _installation.Format.Encode(Register("A")), headers);
        await _installation.SendAsync("c-2", Register("A"), partition: 1 - Installation.PartitionOf("A"));

        var results = await _installation.ResultsAsync(2);
        results[0].Value.ShouldBeOfType<CommandRefused>().Code.ShouldBe("expired");
        results[1].Value.ShouldBeOfType<CommandAccepted>();
        var passedOn = (await _installation.ReadAsync<InventoryCommand>(_installation.Topics.Commands))
            .Where(command => command.Header(HeaderNames.Id) == "c-2").ToList();
        var first = passedOn.Single(command => command.Header(HeaderNames.RecordedTime) is null).Record.Message.Timestamp.UtcDateTime;
        passedOn.Count.ShouldBe(2);
        passedOn.Select(command => command.Header(HeaderNames.RecordedTime)).OfType<string>().ShouldHaveSingleItem().ShouldBe(first.ToString("O"));
    }

    [Fact]
    public async Task While_the_registry_is_away_commands_wait_and_none_is_skipped()
    {
        var value = _installation.Format.Encode(Register("A"));
        await using var processor = await _installation.Start().ReadyAsync();
        _installation.Registry.IsAvailable = false;
        await _installation.SendRawAsync("A", value, new Headers { { HeaderNames.Id, Installation.Utf8("c-1") } });
        await Eventually.Async(
            async () => await processor.TroubleAsync() is { } trouble && trouble.Contains("away", StringComparison.Ordinal),
            Eventually.DefaultDeadline, "health tells of the registry");     // On a busy machine it may have other things to tell first.
        _installation.Registry.AskedInVain.ShouldBeGreaterThan(0);
        _installation.Registry.IsAvailable = true;

        (await _installation.ResultsAsync(1))[0].Value.ShouldBeOfType<CommandAccepted>();
    }

    public void Dispose() => _installation.Dispose();
}
