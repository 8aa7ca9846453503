using System.Diagnostics;

namespace Streaming.Client;

/// <summary>Traces of commands on their way to their topic, between the caller's work and the processor's decision.</summary>
internal static class ClientTelemetry
{
    public const string SourceName = "Streaming.Client";

    private static readonly ActivitySource Activities = new(SourceName);

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
