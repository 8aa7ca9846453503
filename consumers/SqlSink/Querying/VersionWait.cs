using Microsoft.Extensions.Options;

namespace Streaming.SqlSink.Querying;

/// <summary>Waits until an aggregate has reached a version here: a caller reads what it wrote.</summary>
internal sealed class VersionWait(IOptions<QueryOptions> options, TimeProvider time)
{
    /// <param name="versionOf">Asks for the version that is there.</param>
    /// <returns>The version reached: at least the wanted one, or the present one when the wait is over.</returns>
    public async Task<long> ForAsync(Func<CancellationToken, Task<long>> versionOf, long version, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            var reached = await versionOf(cancellationToken);
            if (reached >= version || time.GetElapsedTime(start).TotalMilliseconds >= options.Value.AtLeastWaitMs)
                return reached;
            await Task.Delay(TimeSpan.FromMilliseconds(options.Value.AtLeastPollMs), time, cancellationToken);
        }
    }
}
