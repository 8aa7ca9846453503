namespace Streaming.Avro;

/// <summary>Avro's <c>duration</c>. The three parts stand for themselves: a month has no fixed number of days, and a day none of milliseconds.</summary>
public readonly record struct AvroDuration(uint Months, uint Days, uint Millis);
