using System.ComponentModel.DataAnnotations;

namespace Streaming.CommandHost;

/// <summary>The HTTP side of the host. Section <c>Commands:Api</c>.</summary>
public sealed class CommandApiOptions
{
    public const string Section = "Commands:Api";

    /// <summary>How long a caller is kept waiting for the result before it is told where to ask for it. <c>Prefer: wait=n</c> overrides it.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan Wait { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest wait that a caller may ask for.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan WaitMax { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Most results that can be asked for by id, about 500 bytes each; the oldest are forgotten first.</summary>
    [Range(100, 10_000_000)]
    public int ResultsMax { get; set; } = 50_000;

    /// <summary>How old the results are that a starting host reads back, to answer for them.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan ResultsReadBack { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Largest body, in bytes.</summary>
    [Range(1_024, 1_048_576)]
    public int BodyBytesMax { get; set; } = 16_384;
}
