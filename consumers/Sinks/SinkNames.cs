namespace Streaming.Sinks;

/// <summary>Names of sinks.</summary>
public static class SinkNames
{
    /// <summary>The name of a generation beside the first: its consumer group, its dead letters and its reports are its own, so that the two read side by side.</summary>
    public static string OfGeneration(string sink, int generation) => generation == 1 ? sink : $"{sink}-g{generation}";
}
