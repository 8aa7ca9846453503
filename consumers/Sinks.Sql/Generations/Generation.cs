namespace Streaming.Sinks.Sql.Generations;

/// <summary>One life of the tables: derived from the events by one state of the code, beside others.</summary>
/// <param name="Number">1 is the first.</param>
/// <param name="Schema">Where its tables lie.</param>
public sealed record Generation(int Number, string Schema);
