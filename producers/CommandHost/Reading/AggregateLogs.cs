namespace Streaming.CommandHost.Reading;

/// <summary>The logs that this host reads, by context; none when it doesn't read.</summary>
internal sealed class AggregateLogs(IEnumerable<AggregateLog> logs)
{
    public AggregateLog? Find(string context) => logs.FirstOrDefault(log => log.Context == context);
}
