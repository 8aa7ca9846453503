namespace Streaming.Hosting.Telemetry;

/// <summary>Where traces and metrics go. Section <c>Telemetry</c>.</summary>
public sealed class TelemetryOptions
{
    public const string Section = "Telemetry";

    /// <summary>Where a collector takes OTLP, such as <c>http://127.0.0.1:4317</c>; nothing is sent without it. <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> and
    /// the other variables of the OpenTelemetry specification count, too.</summary>
    public string? OtlpEndpoint { get; set; }

    /// <summary>Answers <c>/metrics</c> in Prometheus' text format.</summary>
    public bool Metrics { get; set; } = true;
}
