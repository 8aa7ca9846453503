namespace Streaming.Hosting.Kafka;

/// <summary>A topic exists, but not as the catalogue asks. The host must not start: its placement or its history would be wrong.</summary>
public sealed class TopicMismatchException(string message) : Exception(message);
