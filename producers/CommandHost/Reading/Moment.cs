using System.Globalization;
using Streaming.CommandHost.Http;

namespace Streaming.CommandHost.Reading;

/// <summary>Up to when an aggregate is looked at.</summary>
internal abstract record Moment
{
    public const string SequenceName = "asOfSequence";
    public const string RecordedName = "asOfRecorded";
    public const string BusinessName = "asOfBusiness";

    private Moment()
    {
    }

    /// <summary>With all its events.</summary>
    public sealed record Now : Moment;

    /// <summary>With its first events, up to this one.</summary>
    public sealed record Sequence(long Last) : Moment;

    /// <summary>As it was known then: with the events recorded up to this time.</summary>
    public sealed record Recorded(DateTimeOffset Time) : Moment;

    /// <summary>As it was in the world then, by what is known now: with the events that had happened by this time, whenever recorded.</summary>
    public sealed record Business(DateTimeOffset Time) : Moment;

    /// <summary>Whether the event counts, of an aggregate whose events are seen in order.</summary>
    public bool Includes(RecordedEvent happened) => this switch
    {
        Sequence then => happened.Sequence <= then.Last,
        Recorded then => happened.RecordedAt <= then.Time,
        Business then => happened.OccurredAt <= then.Time,
        _ => true,
    };

    public static Moment Read(IQueryCollection query, FieldErrors errors)
    {
        string[] given = [.. new[] { SequenceName, RecordedName, BusinessName }.Where(query.ContainsKey)];
        if (given.Length > 1)
            errors.Add(given[1], $"does not go together with {given[0]}: give one of them.");
        if (given.Length != 1)
            return new Now();
        var text = query[given[0]].ToString();
        if (given[0] == SequenceName)
        {
            if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var last))
                return new Sequence(last);
            errors.Add(SequenceName, "is no sequence: give a whole number.");
        }
        else if (BusinessTime.TryParseThrough(text, out var time))
        {
            return given[0] == RecordedName ? new Recorded(time) : new Business(time);
        }
        else
        {
            errors.Add(given[0], BusinessTime.Wrong);
        }

        return new Now();
    }
}
