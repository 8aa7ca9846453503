using System.Globalization;

namespace Streaming.Sinks;

/// <summary>Names of sinks.</summary>
public static class SinkNames
{
    /// <summary>The name of a generation beside the first: its consumer group, its dead letters and its reports are its own, so that the two read side by side.</summary>
    public static string OfGeneration(string sink, int generation) => generation == 1 ? sink : $"{sink}-g{generation}";

    /// <summary>Which generation of a sink goes by a name; null when the name is another's.</summary>
    /// <param name="sink">The sink's own name, which is that of its first generation.</param>
    public static int? NumberOf(string sink, string name) => name == sink ? 1
        : name.StartsWith(sink + "-g", StringComparison.Ordinal) && int.TryParse(name.AsSpan(sink.Length + 2), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && OfGeneration(sink, number) == name ? number
        : null;
}
