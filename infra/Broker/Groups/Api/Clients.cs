using Streaming.Broker.Groups.Membership;
using Streaming.Broker.Server;

namespace Streaming.Broker.Groups.Api;

/// <summary>Names a client as Kafka does: the host with a slash before it, an IPv4 address as one also where the socket is IPv6.</summary>
internal static class Clients
{
    public static GroupClient Of(RequestContext context) => new(
        context.ClientId, $"/{(context.ClientAddress.IsIPv4MappedToIPv6 ? context.ClientAddress.MapToIPv4() : context.ClientAddress)}");
}
