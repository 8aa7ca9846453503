namespace Streaming.Registry.Store;

/// <summary>The schemas topic could not be read or written. What was asked may or may not have happened; asking again is safe.</summary>
internal sealed class SchemaStoreException(string message, Exception? cause = null) : Exception(message, cause);
