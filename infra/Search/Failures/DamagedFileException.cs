namespace Streaming.Search.Failures;

/// <summary>A file of an index is not what was written: its checksum, or its form, is wrong.</summary>
internal sealed class DamagedFileException(string file, string what, Exception? cause = null)
    : Exception($"{file} is damaged: {what}. Delete the index's folder, and have its documents written again.", cause);
