using System.Text.Json;
using Confluent.Kafka;
using Microsoft.AspNetCore.Http;
using Streaming.Contracts.Control;
using Streaming.Contracts.Topics;
using Streaming.Fixtures;
using Streaming.Hosting.Kafka;
using Streaming.Notifications.Tests.Support;
using Streaming.Sinks.Control;
using Streaming.Sinks.DeadLetters;

namespace Streaming.Notifications.Tests;

/// <summary>The host of notifications as a process of its own: a customer hears of an order when it happens, and never twice.</summary>
public sealed class OrderMessagesTests(Servers servers) : IClassFixture<Servers>, IAsyncLifetime
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly string _prefix = SomeNames.Prefix();
    private Receiver _receiver = null!;
    private OrderLog _log = null!;
    private HostProcess _host = null!;
    private ControlClient _control = null!;

    public async ValueTask InitializeAsync()
    {
        _receiver = await Receiver.StartAsync();
        _log = await OrderLog.CreateAsync(servers.Kafka.BootstrapServers, servers.Registry.Url, _prefix);
        _control = new ControlClient(new KafkaOptions { BootstrapServers = servers.Kafka.BootstrapServers }, _prefix, TimeProvider.System);
        _host = NewHost();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _control.Dispose();
        _log.Dispose();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task History_and_replays_are_silent_and_what_happens_is_told_once()
    {
        await _log.AcceptAsync("O-1");
        await RunningAsync(_host);
        await _log.AcceptAsync("O-2");
        await ToldAsync("O-2");

        var (topic, partition) = (_log.Topic, Murmur2.Partition("O-2", TopicCatalogue.PartitionCount));
        (await AskAsync(SinkRequestKind.Reset, new SinkTarget(topic, partition))).IsDone.ShouldBeTrue();
        (await AskAsync(SinkRequestKind.Reset, new SinkTarget(topic, Murmur2.Partition("O-1", TopicCatalogue.PartitionCount)))).IsDone.ShouldBeTrue();
        await _log.AcceptAsync("O-3");
        await ToldAsync("O-3");
        await Eventually.Async(async () => (await _control.ReportsAsync(default)).All(report => report.NextOffset == report.LogEnd && report.Mode == "live"), _patience, "all is handled");

        _receiver.Calls.Select(call => JsonDocument.Parse(call.Body).RootElement.GetProperty("subject").GetString()).ShouldBe(["Order O-2 is accepted", "Order O-3 is accepted"]);
        _receiver.Calls.ShouldAllBe(call => call.Path == "/messages" && call.Key.Length == 32);
    }

    [Fact]
    public async Task What_happened_while_the_host_was_down_is_told_when_it_is_back()
    {
        await RunningAsync(_host);
        await _log.AcceptAsync("O-4");
        await ToldAsync("O-4");
        await _host.KillAsync();
        await _log.AcceptAsync("O-5");

        await RunningAsync(_host);

        await ToldAsync("O-5");
        _receiver.Calls.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_receiver_that_is_busy_is_asked_until_it_takes_it()
    {
        var refusals = 3;
        _receiver.Answer = http =>
        {
            if (refusals-- > 0)
                http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        };
        await RunningAsync(_host);
        await _log.AcceptAsync("O-6");

        await Eventually.Async(() => _receiver.Calls.Count == 4, _patience, "it is told at the fourth try");

        _receiver.Calls.Select(call => call.Key).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_host_killed_in_the_middle_of_a_call_does_not_make_it_again_until_somebody_says_so()
    {
        _receiver.Answer = http => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted);
        await RunningAsync(_host);
        await _log.AcceptAsync("O-7");
        await Eventually.Async(() => _receiver.Calls.Count == 1, _patience, "the call is under way");
        await _host.KillAsync();
        _receiver.Answer = _ => Task.CompletedTask;

        await RunningAsync(_host);

        var letter = await Eventually.NotNullAsync(
            async () => (await _control.DeadLettersAsync("notifications", default)) is [var first, ..] ? first : null, _patience, "the event is parked");
        letter.Reason.ShouldContain("nobody knows whether it was made");
        _receiver.Calls.Count.ShouldBe(1);
        await _log.AcceptAsync("O-8");
        await ToldAsync("O-8");

        (await AskAsync(SinkRequestKind.Redrive, new SinkTarget(letter.Topic, letter.Partition, letter.Offset))).Message.ShouldBe("1 handled.");
        _receiver.Calls.Count(call => call.Body.Contains("O-7", StringComparison.Ordinal)).ShouldBe(2);
        (await _control.DeadLettersAsync("notifications", default)).Single().State.ShouldBe(DeadLetterState.Redriven);
    }

    [Fact]
    public async Task A_paused_host_that_wakes_after_another_took_over_tells_nothing_again()
    {
        await RunningAsync(_host);
        await _log.AcceptAsync("O-9");
        await ToldAsync("O-9");
        _host.Pause();
        await using var other = NewHost();
        await RunningAsync(other, partitionsMin: 1);
        await _log.AcceptAsync("O-10");
        await ToldAsync("O-10");

        _host.Resume();
        await _log.AcceptAsync("O-11");
        await ToldAsync("O-11");

        await _host.ReadyAsync(_patience);
        _receiver.Calls.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_host_that_is_paused_in_the_middle_of_a_batch_makes_none_of_its_other_calls_when_it_wakes()
    {
        var orders = Enumerable.Range(0, 1_000).Select(number => $"P-{number}").Where(id => Murmur2.Partition(id, TopicCatalogue.PartitionCount) == 0).Take(6).ToList();
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _receiver.Answer = http => _receiver.Calls.Count == 2 ? released.Task : Task.CompletedTask;
        await using var slow = NewHost(("Sinks__LanesMax", "1"), ("Sinks__BatchLingerMs", "1000"));   // All of them in one batch, one after another.
        await RunningAsync(slow);
        await _log.AcceptAsync(orders[0]);
        await ToldAsync(orders[0]);
        await CommittedAsync();
        foreach (var order in orders[1..5])
            await _log.AcceptAsync(order);
        await Eventually.Async(() => _receiver.Calls.Count == 2, _patience, "the first of them is being told");

        slow.Pause();
        await RunningAsync(_host);
        foreach (var order in orders[2..5])
            await ToldAsync(order);
        released.SetResult();
        slow.Resume();
        await _log.AcceptAsync(orders[5]);
        await ToldAsync(orders[5]);
        await slow.ReadyAsync(_patience);

        // The one that was being told when it stood still waits for a person's decision, as after any crash.
        (await _control.DeadLettersAsync("notifications", default)).Single().Reason.ShouldContain("nobody knows whether it was made");
        _receiver.Calls.Select(call => JsonDocument.Parse(call.Body).RootElement.GetProperty("subject").GetString()).ShouldBe(orders.Select(order => $"Order {order} is accepted"), ignoreOrder: true);
    }

    private HostProcess NewHost(params (string Name, string Value)[] settings)
    {
        var all = new Dictionary<string, string>
        {
            ["Kafka__BootstrapServers"] = servers.Kafka.BootstrapServers,
            ["SchemaRegistry__Url"] = servers.Registry.Url,
            ["Topics__Prefix"] = _prefix,
            ["Notifications__Url"] = new Uri(_receiver.Url, "/messages").ToString(),
            ["Sinks__RetryDelayMs"] = "50",
        };
        foreach (var (name, value) in settings)
            all[name] = value;
        return new HostProcess("Streaming.Notifications", all);
    }

    /// <summary>Waits until the group has an offset of the first partition.</summary>
    private async Task CommittedAsync()
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = servers.Kafka.BootstrapServers, GroupId = _prefix + "notifications" }).Build();
        await Eventually.Async(() => !consumer.Committed([new TopicPartition(_log.Topic, 0)], _patience)[0].Offset.IsSpecial, _patience, "the group's offset is committed");
    }

    /// <summary>Starts a host, and waits until it has opened what it was given: what is recorded before that is history to a new sink.</summary>
    private static async Task RunningAsync(HostProcess host, int partitionsMin = 6)
    {
        await host.StartReadyAsync(_patience);
        using var http = new HttpClient { BaseAddress = host.Url };
        await Eventually.Async(async () =>
        {
            var health = await http.GetStringAsync("/health/ready");
            return Enumerable.Range(partitionsMin, 7 - partitionsMin).Any(count => health.Contains($"{count} of {count} partitions run", StringComparison.Ordinal));
        }, _patience, "its partitions run");
    }

    private async Task<SinkAnswer> AskAsync(SinkRequestKind kind, SinkTarget target) => (await _control.AskAsync(
        "notifications", new SinkRequest(Guid.CreateVersion7().ToString(), kind, "an operator", DateTimeOffset.UnixEpoch, "a test", [target]), _patience, default)).Single();

    private Task ToldAsync(string orderId) => Eventually.Async(
        () => _receiver.Calls.Any(call => call.Body.Contains($"Order {orderId} ", StringComparison.Ordinal)), _patience, $"the customer hears of {orderId}; the host says {_host.Output}");
}
