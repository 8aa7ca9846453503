using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Streaming.Client;

/// <summary>Metrics of one context's commands as their callers see them, and traces of commands on their way to their topic.</summary>
internal sealed class ClientTelemetry : IDisposable
{
    public const string SourceName = "Streaming.Client";

    private static readonly ActivitySource Activities = new(SourceName);

    private readonly Meter _meter;
    private readonly Histogram<double> _sentMs;
    private readonly Histogram<double> _answeredMs;

    public ClientTelemetry(string context)
    {
        _meter = new Meter(SourceName, version: null, tags: [new("context", context)]);
        _sentMs = _meter.CreateHistogram<double>("commands.send.duration", "ms", "Until the cluster has a command.");
        _answeredMs = _meter.CreateHistogram<double>("commands.answer.duration", "ms", "From sending a command until its result is here.");
    }

    public void Sent(TimeSpan duration) => _sentMs.Record(duration.TotalMilliseconds);

    public void Answered(TimeSpan duration) => _answeredMs.Record(duration.TotalMilliseconds);

    public void Dispose() => _meter.Dispose();

    /// <summary>A span until the cluster has the command; null while nobody listens. It is what the processor's span is a child of.</summary>
    /// <param name="traceParent">W3C trace context; the current activity's when null.</param>
    public static Activity? StartSending(string topic, string? traceParent)
    {
        var activity = traceParent is null
            ? Activities.StartActivity("send", ActivityKind.Producer)
            : Activities.StartActivity("send", ActivityKind.Producer, traceParent);
        activity?.SetTag("messaging.system", "kafka");
        activity?.SetTag("messaging.destination.name", topic);
        return activity;
    }
}
