namespace Streaming.Contracts.Control;

/// <summary>What a host says about one partition of its sink, every few seconds; the newest is kept under <c>{sink}/{topic}-{partition}</c>.</summary>
/// <param name="State">opening, running, retrying, awaiting-answer, paused, stopped.</param>
/// <param name="Reason">Why it doesn't run; null when it does.</param>
/// <param name="Mode">catch-up, replay, live.</param>
/// <param name="NextOffset">First offset that is not handled.</param>
/// <param name="LogEnd">The offset that the next record gets.</param>
/// <param name="LagSeconds">Age of the oldest event that is not handled; 0 without one.</param>
/// <param name="EventsPerSecond">Since the report before.</param>
/// <param name="ParkedCount">Dead letters that wait.</param>
/// <param name="ReplayUntil">Where a replay ends; 0 without one.</param>
/// <param name="Generation">Which generation of its destination the sink writes; null where that holds one only.</param>
/// <param name="IsPinned">The host was configured for that generation, and follows no setting.</param>
public sealed record SinkReport(
    string Sink,
    string Topic,
    int Partition,
    string Host,
    string State,
    string? Reason,
    string Mode,
    long NextOffset,
    long LogEnd,
    double LagSeconds,
    double EventsPerSecond,
    int ParkedCount,
    int Epoch,
    long ReplayUntil,
    DateTimeOffset At,
    int? Generation = null,
    bool IsPinned = false)
{
    public string Key => $"{Sink}/{Topic}-{Partition}";
}
