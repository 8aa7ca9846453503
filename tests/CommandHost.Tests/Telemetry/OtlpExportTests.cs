using System.Diagnostics;
using System.Text;

namespace Streaming.CommandHost.Tests.Telemetry;

/// <summary>What a collector is sent by the real program, which knows of it from the environment alone.</summary>
public sealed class OtlpExportTests(KafkaFixture kafka, EmbeddedRegistryFixture registry) : IClassFixture<EmbeddedRegistryFixture>
{
    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task One_trace_from_the_request_to_the_committed_transaction_reaches_the_collector(string protocol)
    {
        await using var collector = await OtlpReceiver.StartAsync(protocol);
        await using var host = new HostProcess("Streaming.CommandHost", new Dictionary<string, string>
        {
            ["Kafka__BootstrapServers"] = kafka.BootstrapServers,
            ["SchemaRegistry__Url"] = registry.Url,
            ["Topics__Prefix"] = SomeNames.Prefix(),
            ["Commands__Roles__Fulfilment"] = "false",
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Url,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol,
            ["OTEL_SERVICE_NAME"] = "commands under test",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
        });
        await host.StartReadyAsync(TimeSpan.FromSeconds(120));
        var (trace, caller) = (ActivityTraceId.CreateRandom().ToString(), ActivitySpanId.CreateRandom().ToString());
        await RegisterAsync(host.Url, $"00-{trace}-{caller}-01");

        List<ReceivedSpan> Spans() => [.. collector.Spans.Where(span => span.TraceId == trace)];
        await Eventually.Async(
            () => Spans().Any(span => span.Name == "commit") && Spans().Any(span => span.ParentId == caller), "the spans reach the collector");
        Spans().ShouldAllBe(span => span.Service == "commands under test");
        var request = Spans().Single(span => span.ParentId == caller);
        var send = Spans().Single(span => span.Name == "send");
        var decide = Spans().Single(span => span.Name == "decide");
        var commit = Spans().Single(span => span.Name == "commit");
        (request.Source, send.Source, decide.Source, commit.Source).ShouldBe(("Microsoft.AspNetCore", "Streaming.Client", "Streaming.Commands", "Streaming.Commands"));
        (send.ParentId, decide.ParentId, commit.ParentId).ShouldBe((request.Id, send.Id, decide.Id));

        // Metrics are sent now and then, and when the host stops.
        await host.StopAsync();
        foreach (var name in new[] { "commands.processed", "commands.answer.duration", "http.server.request.duration" })
            collector.MetricNames.Keys.ShouldContain(name);
    }

    private static async Task RegisterAsync(Uri host, string traceParent)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host, "/inventory/TRACED-1/register"))
        {
            Content = new StringContent("""{"name":"Widget"}""", Encoding.UTF8, "application/json"),
        };
        // By hand: the client's own instrumentation would put its own span in between.
        request.Headers.TryAddWithoutValidation("traceparent", traceParent);
        using var answer = await http.SendAsync(request);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }
}
