namespace Streaming.Shared;

/// <summary>Records that cannot be read: they are damaged, made to do harm, or of a codec that this machine cannot decode. The message says which.</summary>
internal sealed class CorruptRecordsException(string message, Exception? cause = null) : Exception(message, cause);
