using System.Globalization;
using Streaming.Contracts.Control;
using Streaming.Sinks;

namespace Streaming.Cli.Sinks;

/// <summary>A sink that somebody named, with what hosts report on it.</summary>
/// <param name="Sink">Its own name, which is that of its first generation.</param>
/// <param name="Meant">The generation that the name says; null for the one that readers see.</param>
/// <param name="Reports">Of all its generations.</param>
internal sealed record SinkChoice(string Sink, int? Meant, IReadOnlyList<SinkReport> Reports)
{
    private const string Suffix = "-sink";
    private const string NumberSuffix = "-g";

    /// <summary>What is set; null while nobody has set anything.</summary>
    public SinkGenerations? Declared { get; init; }

    public bool HasGenerations => Reports.Any(report => report.Generation is not null);

    /// <summary>What is set, or holds as long as nothing is; with what hosts run that were configured so.</summary>
    public SinkGenerations Generations
    {
        get
        {
            var reported = Reports.Select(report => report.Generation ?? 1).Distinct().Order().ToList();
            var set = Declared ?? SinkGenerations.Only(reported[0]);
            return set with { Held = [.. set.Held.Union(reported).Order()], Newest = Math.Max(set.Newest, reported[^1]) };
        }
    }

    /// <summary>Hosts write it because they were configured to, not because it is set.</summary>
    public bool IsWrittenElsewhere(int generation) =>
        Of(generation).Any(report => report.IsPinned && TimeProvider.System.GetUtcNow() - report.At < SinkAccess.SilentAfter);

    /// <summary>The newest generation that readers don't see.</summary>
    /// <exception cref="Failure">There is only one.</exception>
    public int NewestOther() => Generations.Held.Where(number => number != Generations.Current).Select(number => (int?)number).LastOrDefault()
        ?? throw new Failure($"{Sink} has generation {Generations.Current} only: streamctl sinks rebuild {Sink} builds another.");

    /// <summary>The name by which hosts report on a generation, and which its group has.</summary>
    public string NameOf(int generation) => SinkNames.OfGeneration(Sink, generation);

    /// <summary>The name of the one that is meant.</summary>
    public string Name => NameOf(Meant ?? Generations.Current);

    public IReadOnlyList<SinkReport> OfMeant => Of(Meant ?? Generations.Current);

    public IReadOnlyList<SinkReport> Of(int generation) => [.. Reports.Where(report => (report.Generation ?? 1) == generation)];

    /// <summary>By its name, its name without "-sink", or either with "-gN" for a generation; null when there is none.</summary>
    public static SinkChoice? Find(string given, IReadOnlyList<SinkReport> all)
    {
        if (Of(given, null) is { } plain)
            return plain;
        var suffix = given.LastIndexOf(NumberSuffix, StringComparison.Ordinal);
        return suffix > 0 && int.TryParse(given.AsSpan(suffix + NumberSuffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Of(given[..suffix], number) : null;

        SinkChoice? Of(string name, int? meant)
        {
            var sink = all.Select(SinkOf).Where(sink => sink == name || sink == name + Suffix).Order(StringComparer.Ordinal).FirstOrDefault();
            var reports = all.Where(report => SinkOf(report) == sink).ToList();
            return sink is null || (meant is { } wanted && reports.All(report => report.Generation != wanted)) ? null : new(sink, meant, reports);
        }
    }

    /// <summary>The own name of the sink that a report is about.</summary>
    public static string SinkOf(SinkReport report) => report.Generation is > 1 and var number && report.Sink.EndsWith($"{NumberSuffix}{number}", StringComparison.Ordinal)
        ? report.Sink[..^$"{NumberSuffix}{number}".Length]
        : report.Sink;
}
