namespace Streaming.Contracts.Control;

/// <summary>Which generations of its destination a sink keeps, which of them are written, and which one readers are to see.</summary>
/// <param name="Current">What readers see.</param>
/// <param name="Running">Those that hosts write; each as a sink of its own, beside the others.</param>
/// <param name="Held">Those that were begun and not dropped.</param>
/// <param name="Newest">The highest number ever given: none is given twice, because dead letters and reports go by it.</param>
/// <param name="By">Who set it.</param>
/// <param name="Version">One above that of the state which this continues; where that is not the newest any more, this comes too late and does not hold. 0: it continues none.</param>
public sealed record SinkGenerations(
    int Current, IReadOnlyList<int> Running, IReadOnlyList<int> Held, int Newest, string By, DateTimeOffset At, string? Reason, int Version = 0)
{
    /// <summary>What holds while nobody has set anything.</summary>
    public static SinkGenerations Only(int number) => new(number, [number], [number], number, "nobody", DateTimeOffset.UnixEpoch, null);

    /// <summary>With this one running, too.</summary>
    public SinkGenerations Started(int number) =>
        this with { Running = With(Running, number), Held = With(Held, number), Newest = Math.Max(Newest, number) };

    /// <summary>With this one no longer running; it stays where it is.</summary>
    public SinkGenerations Stopped(int number) => this with { Running = [.. Running.Where(one => one != number)] };

    public SinkGenerations Dropped(int number) => Stopped(number) with { Held = [.. Held.Where(one => one != number)] };

    /// <summary>As what comes behind this state.</summary>
    public SinkGenerations Next() => this with { Version = Version + 1 };

    private static IReadOnlyList<int> With(IReadOnlyList<int> numbers, int number) => [.. numbers.Append(number).Distinct().Order()];
}
