using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Streaming.CommandHost.Tests.Telemetry;

/// <summary>A collector that takes OTLP in either of its forms, and remembers what it is sent. Source: opentelemetry-proto 1.x, OTLP specification.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private const int FrameBytes = 5;

    private readonly WebApplication _app;

    private OtlpReceiver(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    public ConcurrentQueue<ReceivedSpan> Spans { get; } = new();

    public ConcurrentDictionary<string, bool> MetricNames { get; } = new();

    /// <param name="protocol"><c>grpc</c> or <c>http/protobuf</c>, as the environment variable of the specification has it.</param>
    public static async Task<OtlpReceiver> StartAsync(string protocol)
    {
        var isGrpc = protocol == "grpc";
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(server => server.Listen(
            IPAddress.Loopback, 0, listening => listening.Protocols = isGrpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var receiver = new OtlpReceiver(app);
        app.MapPost("/v1/traces", (HttpContext http) => TakeAsync(http, receiver.TakeSpans));
        app.MapPost("/v1/metrics", (HttpContext http) => TakeAsync(http, receiver.TakeMetrics));
        app.MapPost("/opentelemetry.proto.collector.trace.v1.TraceService/Export", (HttpContext http) => TakeFrameAsync(http, receiver.TakeSpans));
        app.MapPost("/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", (HttpContext http) => TakeFrameAsync(http, receiver.TakeMetrics));
        await app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    // An answer without content is an export response without partial success.
    private static async Task TakeAsync(HttpContext http, Action<ReadOnlyMemory<byte>> take)
    {
        http.Request.ContentType.ShouldBe("application/x-protobuf");
        take(await BodyAsync(http));
        http.Response.ContentType = "application/x-protobuf";
    }

    // gRPC: a byte that says whether the message is compressed, its size as four bytes, the message; and the outcome in the trailers.
    private static async Task TakeFrameAsync(HttpContext http, Action<ReadOnlyMemory<byte>> take)
    {
        var frame = await BodyAsync(http);
        frame.Span[0].ShouldBe((byte)0);
        take(frame.Slice(FrameBytes, BinaryPrimitives.ReadInt32BigEndian(frame.Span[1..])));
        http.Response.ContentType = "application/grpc";
        await http.Response.Body.WriteAsync(new byte[FrameBytes]);
        http.Response.AppendTrailer("grpc-status", "0");
    }

    private static async Task<ReadOnlyMemory<byte>> BodyAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        return body.ToArray();
    }

    // ExportTraceServiceRequest.resource_spans 1 { resource 1, scope_spans 2 { scope 1 { name 1 }, spans 2 } }
    private void TakeSpans(ReadOnlyMemory<byte> request)
    {
        foreach (var resource in ProtobufFields.Of(request, 1))
        {
            var service = ServiceOf(ProtobufFields.One(resource, 1));
            foreach (var scope in ProtobufFields.Of(resource, 2))
            {
                var source = Text(ProtobufFields.One(ProtobufFields.One(scope, 1), 1));
                foreach (var span in ProtobufFields.Of(scope, 2))
                {
                    Spans.Enqueue(new(
                        service, source, Text(ProtobufFields.One(span, 5)), Hex(ProtobufFields.One(span, 1)), Hex(ProtobufFields.One(span, 2)),
                        Hex(ProtobufFields.One(span, 4))));
                }
            }
        }
    }

    // ExportMetricsServiceRequest.resource_metrics 1 { scope_metrics 2 { metrics 2 { name 1 } } }
    private void TakeMetrics(ReadOnlyMemory<byte> request)
    {
        var metrics = ProtobufFields.Of(request, 1).SelectMany(resource => ProtobufFields.Of(resource, 2)).SelectMany(scope => ProtobufFields.Of(scope, 2));
        foreach (var metric in metrics)
            MetricNames[Text(ProtobufFields.One(metric, 1))] = true;
    }

    // Resource.attributes 1 { key 1, value 2 { string_value 1 } }
    private static string ServiceOf(ReadOnlyMemory<byte> resource) => Text(ProtobufFields.One(ProtobufFields.One(
        ProtobufFields.Of(resource, 1).Single(attribute => Text(ProtobufFields.One(attribute, 1)) == "service.name"), 2), 1));

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    private static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexStringLower(bytes.Span);
}

/// <param name="Source">What the span comes from, such as <c>Streaming.Commands</c>.</param>
/// <param name="ParentId">Empty where a trace begins.</param>
internal sealed record ReceivedSpan(string Service, string Source, string Name, string TraceId, string Id, string ParentId);
