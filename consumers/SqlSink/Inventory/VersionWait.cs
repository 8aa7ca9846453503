using Microsoft.Extensions.Options;

namespace Streaming.SqlSink.Inventory;

/// <summary>Waits until a product has reached a version here: a caller reads what it wrote.</summary>
internal sealed class VersionWait(StockQueries queries, IOptions<StockOptions> options, TimeProvider time)
{
    /// <summary>The version reached: at least the wanted one, or the present one when the wait is over.</summary>
    public async Task<long> ForAsync(string sku, long version, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            var reached = await queries.VersionAsync(sku, cancellationToken);
            if (reached >= version || time.GetElapsedTime(start).TotalMilliseconds >= options.Value.AtLeastWaitMs)
                return reached;
            await Task.Delay(TimeSpan.FromMilliseconds(options.Value.AtLeastPollMs), time, cancellationToken);
        }
    }
}
