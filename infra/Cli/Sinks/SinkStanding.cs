using System.Text.Json.Serialization;
using Streaming.Contracts.Control;

namespace Streaming.Cli.Sinks;

/// <summary>How one partition of a sink stands now: what its host said, against where the log ends.</summary>
/// <param name="State">As in the report; <c>silent</c> when no host has reported for a while.</param>
/// <param name="Lag">Offsets between what is handled and the end of the log.</param>
/// <param name="LagSeconds">Age of the oldest event that is not handled; of a silent one, at least since its last report.</param>
internal sealed record SinkStanding(
    string Sink, string Topic, int Partition, string Host, string State, string? Reason, string Mode, long NextOffset, long LogEnd, long Lag,
    double LagSeconds, double EventsPerSecond, int ParkedCount, int Epoch, long ReplayUntil, DateTimeOffset At)
{
    /// <summary>From where to where a replay goes, and when it ends at its present rate.</summary>
    [JsonIgnore]
    public string Replay
    {
        get
        {
            var left = ReplayUntil - NextOffset;
            var when = EventsPerSecond > 0 ? $", {TimeSpan.FromSeconds(left / EventsPerSecond):hh\\:mm\\:ss} to go at {EventsPerSecond:0} events/s" : "";
            return $"{Sink} replays {Topic}-{Partition}: at @{NextOffset}, until @{ReplayUntil}{when}";
        }
    }

    public static SinkStanding Of(SinkReport report, long logEnd, DateTimeOffset now)
    {
        var silence = now - report.At;
        var isSilent = silence > SinkAccess.SilentAfter;
        // A host that said it had read to the end of the log has; what it has not seen yet it will report next time.
        var lag = isSilent || report.NextOffset < report.LogEnd ? Math.Max(0, logEnd - report.NextOffset) : 0;
        return new(
            report.Sink, report.Topic, report.Partition, report.Host, isSilent ? "silent" : report.State,
            isSilent ? $"no report since {report.At:u}" : report.Reason, report.Mode, report.NextOffset, logEnd, lag,
            isSilent && lag > 0 ? Math.Max(report.LagSeconds, silence.TotalSeconds) : report.LagSeconds, isSilent ? 0 : report.EventsPerSecond,
            report.ParkedCount, report.Epoch, report.ReplayUntil, report.At);
    }
}
