namespace Streaming.Contracts.Envelope;

/// <summary>Names of the record headers: CloudEvents 1.0 in Kafka's binary mode, and W3C trace context. Values are UTF-8 text.</summary>
/// <remarks>Source: CloudEvents Kafka protocol binding 1.0.2, section 3.2; W3C Trace Context, section 3.2.</remarks>
public static class HeaderNames
{
    /// <summary>Always <see cref="SpecVersionValue"/>.</summary>
    public const string SpecVersion = "ce_specversion";
    public const string SpecVersionValue = "1.0";

    /// <summary>Of an event: a UUIDv7. Of a command: the command id, see <see cref="CommandId"/>.</summary>
    public const string Id = "ce_id";

    /// <summary>Full name of the record, such as <c>streaming.inventory.StockSold</c>.</summary>
    public const string Type = "ce_type";

    /// <summary>Who wrote the record, a URI reference such as <c>/streaming/command-host</c>.</summary>
    public const string Source = "ce_source";

    /// <summary>The aggregate's id.</summary>
    public const string Subject = "ce_subject";

    /// <summary>Business time, RFC 3339, UTC.</summary>
    public const string Time = "ce_time";

    /// <summary>The event's place within its aggregate, decimal, from 1.</summary>
    public const string Sequence = "ce_sequence";

    /// <summary>What the caller ties several commands together by; passed on from the command to its events.</summary>
    public const string CorrelationId = "ce_correlationid";

    /// <summary>Id of the command that an event or a result comes from.</summary>
    public const string CausationId = "ce_causationid";

    /// <summary>Who asked: the authenticated caller, or what a trusted producer says.</summary>
    public const string Actor = "ce_actor";
    public const string Tenant = "ce_tenant";

    /// <summary>On a command: the version that the aggregate must have for the command to be decided, decimal; 0 means none yet.</summary>
    public const string ExpectedVersion = "ce_expectedversion";

    /// <summary>On a command that a process manager sent, and passed on to its result: who wants to hear the answer, <c>{context}/{aggregateId}</c>.</summary>
    public const string ReplyTo = "ce_replyto";

    /// <summary>On a command that was passed on to its partition: when it was first recorded, RFC 3339, UTC. Counts where it is the earlier time.</summary>
    public const string RecordedTime = "ce_recordedtime";

    /// <summary>On a snapshot: CRC-32C of its value, decimal.</summary>
    public const string Checksum = "ce_checksum";

    /// <summary>W3C trace context.</summary>
    public const string TraceParent = "traceparent";
}
