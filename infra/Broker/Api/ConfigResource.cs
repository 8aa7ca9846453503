namespace Streaming.Broker.Api;

/// <summary>Kinds of resources that have settings, with the protocol's numbers.</summary>
internal enum ConfigResource : sbyte
{
    Topic = 2,
    Broker = 4,
    BrokerLogger = 8,
    ClientMetrics = 16,
    Group = 32,
}
