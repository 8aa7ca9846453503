using System.ComponentModel.DataAnnotations;

namespace Streaming.Sinks.Gateway;

/// <summary>What a replay does about a call that was never recorded.</summary>
public enum MissingRecordingPolicy
{
    /// <summary>The event cannot be handled: it is parked, with the call as its reason.</summary>
    Fail,

    /// <summary>The event counts as handled, without what the call would have led to.</summary>
    Skip,

    /// <summary>The call is answered with <see cref="GatewayOptions.StubStatus"/> and <see cref="GatewayOptions.StubBody"/>.</summary>
    Stub,
}

/// <summary>What happens to a call that may have been made before a crash.</summary>
public enum UncertainCallPolicy
{
    /// <summary>The event is parked, and a person decides: a redrive makes the call, a discard leaves it. Nothing is ever sent twice.</summary>
    Park,

    /// <summary>It is made again, under the same Idempotency-Key: for receivers that heed it.</summary>
    Repeat,
}

/// <summary>How calls to external systems are recorded and replayed. Section <c>Gateway</c>.</summary>
public sealed class GatewayOptions
{
    public const string Section = "Gateway";

    /// <summary>In a replay, and in catch-up for calls that change something.</summary>
    public MissingRecordingPolicy OnMissing { get; set; } = MissingRecordingPolicy.Fail;

    /// <summary>For calls that change something (all but GET, HEAD and OPTIONS); the others are simply made again.</summary>
    public UncertainCallPolicy OnUncertain { get; set; } = UncertainCallPolicy.Park;

    [Range(100, 599)]
    public int StubStatus { get; set; } = 200;

    public string StubBody { get; set; } = "";

    /// <summary>Longest answer that is recorded. A longer one makes its event poison.</summary>
    [Range(0, 16 * 1024 * 1024)]
    public int AnswerBytesMax { get; set; } = 700_000;
}

/// <summary>A call was left out by <see cref="MissingRecordingPolicy.Skip"/>.</summary>
public sealed class CallSkippedException(string call) : Exception($"{call} was never recorded, and is left out in a replay.");
