using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Streaming.Sinks.Events;

namespace Streaming.Sinks.DryRuns;

/// <summary>A host that only tries what it would make of the history there is. Section <c>DryRun</c>; mostly set by <c>--dry-run</c>.</summary>
internal sealed class DryRunOptions : IValidatableObject
{
    public const string Section = "DryRun";

    /// <summary>Where reading begins: with the first event there is.</summary>
    public const string Earliest = "earliest";

    public bool IsOn { get; set; }

    /// <summary><c>earliest</c>, or a time: reading begins with the first event that was recorded then or later.</summary>
    public string From { get; set; } = Earliest;

    /// <summary>Most events that are read.</summary>
    [Range(1, long.MaxValue, ErrorMessage = "--max is the most events to read, from 1.")]
    public long Max { get; set; } = long.MaxValue;

    /// <summary>The mode in which handlers are given the events: history to a new sink, unless somebody wants to see what they do about news.</summary>
    [EnumDataType(typeof(SinkMode), ErrorMessage = "--as is CatchUp, Replay or Live.")]
    public SinkMode As { get; set; } = SinkMode.CatchUp;

    /// <summary>What is wrong with the arguments; empty for nothing. A host does not start with it.</summary>
    public string Mistake { get; set; } = "";

    /// <summary>Null for the beginning.</summary>
    public DateTimeOffset? FromTime => From == Earliest ? null : Parse(From);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Mistake.Length > 0)
            yield return new ValidationResult(Mistake);
        if (From != Earliest && Parse(From) is null)
            yield return new ValidationResult($"--from is '{From}': give earliest, a day such as 2022-03-01, or a time such as 2022-03-01T10:00:00Z.");
    }

    private static DateTimeOffset? Parse(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
