using System.Collections.Concurrent;
using System.Diagnostics;
using Streaming.CommandHost.Tests.Running;

namespace Streaming.CommandHost.Tests.Serving;

public sealed class TelemetryTests(KafkaFixture kafka, SharedHost host) : IClassFixture<SharedHost>
{
    private readonly string _sku = SomeNames.Name("sku");

    [Fact]
    public async Task One_trace_leads_from_the_request_to_the_committed_transaction()
    {
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Microsoft.AspNetCore" || source.Name.StartsWith("Streaming.", StringComparison.Ordinal),
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        var trace = ActivityTraceId.CreateRandom();
        var api = await host.OnAsync(kafka);
        await api.PostAsync($"/inventory/{_sku}/register", """{"name":"Widget"}""", ("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01"));

        List<Activity> Spans() => [.. ended.Where(activity => activity.TraceId == trace)];
        await Eventually.Async(() => Task.FromResult(Spans().Any(span => span.OperationName == "commit") && Spans().Any(span => span.Kind == ActivityKind.Server)),
            Eventually.DefaultDeadline, "spans of the trace");
        var byName = Spans().ToLookup(span => span.OperationName);
        var request = Spans().Single(span => span.Kind == ActivityKind.Server);
        var send = byName["send"].ShouldHaveSingleItem();
        var decide = byName["decide"].ShouldHaveSingleItem();
        send.ParentSpanId.ShouldBe(request.SpanId);
        decide.ParentSpanId.ShouldBe(send.SpanId);
        byName["commit"].ShouldHaveSingleItem().ParentSpanId.ShouldBe(decide.SpanId);
    }

    [Fact]
    public async Task Metrics_are_told_in_Prometheus_own_words()
    {
        var api = await host.OnAsync(kafka);
        await api.PostAsync($"/inventory/{_sku}/register", """{"name":"Widget"}""");
        await api.PostAsync($"/inventory/{_sku}/sell", """{"quantity":1}""");
        var text = "";
        await Eventually.Async(async () => (text = (await api.GetAsync("/metrics")).Text).Contains("insufficient-stock", StringComparison.Ordinal),
            Eventually.DefaultDeadline, "refusals counted");
        foreach (var name in new[]
        {
            "commands_processed_total{", "commands_refused_total{", "commands_events_total{", "commands_transaction_duration_milliseconds_bucket{",
            "commands_restore_duration_milliseconds_count{", "commands_batch_size_sum{", "commands_queued{", "http_server_request_duration_seconds_bucket{",
        })
            text.ShouldContain(name);
    }
}
