using System.ComponentModel.DataAnnotations;

namespace Streaming.CommandHost.Reading;

/// <summary>Reading aggregates from the log over HTTP. Section <c>Commands:Reading</c>.</summary>
public sealed class ReadingOptions
{
    public const string Section = "Commands:Reading";

    /// <summary>Keeps an index from aggregates to the offsets of their events, which takes a few bytes per event and reading all events at start.
    /// Without it the host answers commands only.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Events per page when the caller does not say.</summary>
    [Range(1, 10_000)]
    public int PageEvents { get; set; } = 100;

    /// <summary>Most events per page.</summary>
    [Range(1, 10_000)]
    public int PageEventsMax { get; set; } = 1_000;

    /// <summary>Most events that are folded for one answer; an aggregate with more is read page by page.</summary>
    [Range(1, 10_000_000)]
    public int FoldEventsMax { get; set; } = 100_000;

    /// <summary>How many callers are read for at the same time; each takes one Kafka client, the others wait their turn.</summary>
    [Range(1, 64)]
    public int ReadersMax { get; set; } = 4;

    /// <summary>How long a request waits for the index after a start, for <c>atLeast</c>, or for the log.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan Wait { get; set; } = TimeSpan.FromSeconds(10);
}
