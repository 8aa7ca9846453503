using Streaming.Broker.Groups.Membership;
using Streaming.Broker.Server;

namespace Streaming.Broker.Groups.Api;

/// <summary>Names a client as Kafka's tools show it: the host with a slash before it.</summary>
internal static class Clients
{
    public static GroupClient Of(RequestContext context) => new(context.ClientId, $"/{context.ClientAddress}");
}
