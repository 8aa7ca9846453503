using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Streaming.Cli.Tests.Sinks;
using Streaming.Contracts.Control;
using Streaming.Contracts.Orders;
using Streaming.Contracts.Topics;
using Streaming.Fixtures;
using Streaming.Hosting;
using Streaming.Hosting.Kafka;
using Streaming.Notifications.Tests.Support;
using Streaming.Sinks;
using Streaming.Sinks.Control;
using Streaming.Sinks.Events;
using Streaming.Sinks.Handling;

namespace Streaming.Notifications.Tests;

/// <summary>A consumer that asks a customer service before it projects: a replay projects what was answered at the time, and asks nobody.</summary>
public sealed class EnrichmentTests(Servers servers) : IClassFixture<Servers>, IAsyncLifetime
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(90);

    private readonly string _prefix = SomeNames.Prefix();
    private readonly MemorySink _sink = new();
    private Receiver _service = null!;
    private OrderLog _log = null!;
    private ControlClient _control = null!;
    private WebApplication _app = null!;
    private string _segment = "silver";

    public async ValueTask InitializeAsync()
    {
        _service = await Receiver.StartAsync();
        _service.Answer = http => http.Response.WriteAsJsonAsync(new Customer("C-17", _segment));
        _log = await OrderLog.CreateAsync(servers.Kafka.BootstrapServers, servers.Registry.Url, _prefix);
        _control = new ControlClient(new KafkaOptions { BootstrapServers = servers.Kafka.BootstrapServers }, _prefix, TimeProvider.System);
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _control.Dispose();
        _log.Dispose();
        await _service.DisposeAsync();
    }

    [Fact]
    public async Task A_replay_yields_the_answer_of_then_and_calls_nobody()
    {
        await _log.AcceptAsync("O-1");
        await WrittenAsync("O-1", 1);
        _segment = "gold";
        await _log.AcceptAsync("O-2");
        await WrittenAsync("O-2", 1);
        var callCount = _service.Calls.Count;

        await ResetAsync("O-1", "O-2");

        await WrittenAsync("O-1", 2);
        await WrittenAsync("O-2", 2);
        _sink.Written.Where(written => written.Mode == SinkMode.Replay).OrderBy(written => written.AggregateId).Select(written => written.Enrichment)
            .ShouldBe([new Customer("C-17", "silver"), new Customer("C-17", "gold")]);
        _service.Calls.Count.ShouldBe(callCount);
        callCount.ShouldBe(2);
    }

    [Theory]
    [InlineData("Fail", 1)]
    [InlineData("Skip", 2)]
    [InlineData("Stub", 2)]
    public async Task A_call_that_was_never_recorded_follows_the_policy_in_a_replay(string policy, int writtenTimes)
    {
        await _log.AcceptAsync("O-3");
        await WrittenAsync("O-3", 1);
        await _app.StopAsync();
        await _app.DisposeAsync();
        // Today's code asks for something else.
        await StartAsync($"--Gateway:OnMissing={policy}", """--Gateway:StubBody={"id":"nobody","segment":"none"}""", "--path=/v2/customers");

        await ResetAsync("O-3");

        if (writtenTimes > 1)
        {
            await WrittenAsync("O-3", writtenTimes);
            _sink.Written.Last().Enrichment.ShouldBe(policy == "Stub" ? new Customer("nobody", "none") : null);
        }
        else
        {
            var letter = await Eventually.NotNullAsync(async () => (await _control.DeadLettersAsync("memory-sink", default)) is [var first, ..] ? first : null, _patience, "the event is parked");
            letter.Reason.ShouldContain("/v2/customers/C-17 was never recorded for this event, and a replay calls nobody.");
        }

        _service.Calls.Count.ShouldBe(1);
    }

    private async Task StartAsync(params string[] settings)
    {
        var builder = WebApplication.CreateBuilder(
        [
            "--urls=http://127.0.0.1:0", $"--Kafka:BootstrapServers={servers.Kafka.BootstrapServers}", $"--SchemaRegistry:Url={servers.Registry.Url}",
            $"--Topics:Prefix={_prefix}", "--Logging:LogLevel:Default=Error", "--Sinks:ControlPollMs=20", .. settings,
        ]);
        builder.AddStreamingHost();
        var path = builder.Configuration["path"] ?? "/customers";
        builder.Services.AddHttpClient<CustomerLookup>(http => http.BaseAddress = new Uri(_service.Url, path + "/")).AddRecording();
        builder.Services.AddSink<MemorySink>(TopicCatalogue.Orders);
        builder.Services.Replace(ServiceDescriptor.Singleton<ISink>(_sink));
        builder.Services.AddEnrichment<CustomerLookup>();
        _app = builder.Build();
        _app.UseStreamingHost();
        await _app.StartAsync();
    }

    private Task WrittenAsync(string orderId, int times) => Eventually.Async(
        () => _sink.Written.Count(written => written.AggregateId == orderId) == times, _patience, $"{orderId} is written {times} times");

    private async Task ResetAsync(params string[] orderIds)
    {
        var targets = orderIds.Select(id => new SinkTarget(_log.Topic, Murmur2.Partition(id, TopicCatalogue.PartitionCount))).Distinct().ToList();
        var answers = await _control.AskAsync(
            "memory-sink", new SinkRequest(Guid.CreateVersion7().ToString(), SinkRequestKind.Reset, "an operator", DateTimeOffset.UnixEpoch, "a test", targets), _patience, default);
        answers.Count.ShouldBe(targets.Count);
        answers.ShouldAllBe(answer => answer.IsDone);
    }

    /// <summary>What the service tells of a customer.</summary>
    public sealed record Customer(string Id, string Segment);

    /// <summary>Asks it for the customer of an order.</summary>
    public sealed class CustomerLookup(HttpClient http) : IEventEnrichment
    {
        public async Task<object?> FetchAsync(RecordedEvent recorded, CancellationToken cancellationToken) => recorded.Record is OrderAccepted accepted
            ? await http.GetFromJsonAsync<Customer>(accepted.CustomerId.Value, cancellationToken)
            : null;
    }
}
