namespace Streaming.Broker.Wire;

/// <summary>Bytes from outside that are no Kafka request. The connection they came on is closed; nothing else is affected.</summary>
internal sealed class MalformedFrameException(string message) : Exception(message);
