using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Streaming.Hosting.Telemetry;

/// <summary>Sends traces and metrics to a collector, by OTLP.</summary>
/// <param name="endpoint">Null to take what the environment says.</param>
/// <param name="service">What the host is called there, unless <c>OTEL_SERVICE_NAME</c> says otherwise.</param>
internal sealed class OtlpExport(string? endpoint, string service) : IHostedService, IDisposable
{
    private TracerProvider? _traces;
    private MeterProvider? _metrics;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _traces = Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(Describe)
            .AddSource(TelemetryHosting.OwnPrefix + "*", "Microsoft.AspNetCore")
            .AddOtlpExporter(Address)
            .Build();
        _metrics = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(Describe)
            .AddMeter(TelemetryHosting.OwnPrefix + "*", "Microsoft.AspNetCore.Hosting", "System.Runtime")
            .AddOtlpExporter(Address)
            .Build();
        return Task.CompletedTask;
    }

    // Disposing sends what is still held.
    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
        (_traces, _metrics) = (null, null);
    }

    // The environment's name wins: what is added later does.
    private void Describe(ResourceBuilder resource) => resource.AddService(service).AddEnvironmentVariableDetector();

    private void Address(OtlpExporterOptions exporter)
    {
        if (endpoint is not null)
            exporter.Endpoint = new Uri(endpoint);
    }
}
