using System.Threading.RateLimiting;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Server;

/// <summary>Memory that the large requests of all connections share. One for which there is no room waits, in the order in which they came.</summary>
/// <remarks>Small requests need none of it, so that those who only ask, commit or say that they are alive never wait for those who send much.</remarks>
internal sealed class RequestRoom(long bytesMax) : IDisposable
{
    /// <summary>Largest request that needs no room.</summary>
    public const int SmallBytes = 64 * 1_024;

    private const int UnitBytes = 1_024;
    private readonly int _unitsMax = Units(bytesMax);
    private readonly ConcurrencyLimiter _units = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = Units(bytesMax),
        QueueLimit = int.MaxValue,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>Waits for room. A request larger than all of it takes all of it.</summary>
    /// <returns>What gives the room back when it is disposed; null where none is needed.</returns>
    /// <exception cref="MalformedFrameException">Two thousand gigabytes are waited for.</exception>
    public async ValueTask<IDisposable?> TakeAsync(int requestBytes, CancellationToken cancellationToken)
    {
        if (requestBytes <= SmallBytes)
            return null;
        var lease = await _units.AcquireAsync(Math.Min(Units(requestBytes), _unitsMax), cancellationToken);
        return lease.IsAcquired ? lease : throw new MalformedFrameException("Too many requests wait for memory.");
    }

    public void Dispose() => _units.Dispose();

    private static int Units(long bytes) => (int)Math.Clamp((bytes + UnitBytes - 1) / UnitBytes, 1, int.MaxValue);
}
