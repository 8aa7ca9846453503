using System.Net;

namespace Streaming.Broker.Server;

/// <summary>How many connections there are, in all and from each address, up to what is allowed.</summary>
internal sealed class ConnectionCounts(BrokerOptions options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _byAddress = [];
    private int _count;

    /// <summary>Counts one more.</summary>
    /// <returns>Null; or the limit for which it cannot be, and the name of that limit's option.</returns>
    public (int Max, string Option)? TryAdd(IPAddress address)
    {
        lock (_gate)
        {
            var fromAddress = _byAddress.GetValueOrDefault(address);
            if (_count >= options.ConnectionsMax)
                return (options.ConnectionsMax, nameof(options.ConnectionsMax));
            if (fromAddress >= options.ConnectionsPerAddressMax)
                return (options.ConnectionsPerAddressMax, nameof(options.ConnectionsPerAddressMax));
            _count++;
            _byAddress[address] = fromAddress + 1;
            return null;
        }
    }

    /// <summary>One that was counted has ended.</summary>
    public void Remove(IPAddress address)
    {
        lock (_gate)
        {
            _count--;
            if (_byAddress[address]-- == 1)
                _byAddress.Remove(address);
        }
    }
}
