namespace Streaming.Avro.Compatibility;

/// <summary>Two schemas are too large, or refer too deeply into themselves, to be compared within the bounds that keep a registry answering.</summary>
public sealed class IncomparableSchemasException(string message, Exception? cause = null) : Exception(message, cause);
