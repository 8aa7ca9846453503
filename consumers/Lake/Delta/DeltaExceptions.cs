namespace Streaming.Lake.Delta;

/// <summary>A table's log contradicts itself, or is no log.</summary>
public sealed class MalformedTableException(string what, Exception? cause = null) : Exception(what, cause);

/// <summary>A file that belongs to the table is not there: it was removed since the log was read, or is lost.</summary>
public sealed class MissingFileException(string path) : Exception($"{path} belongs to the table, and is not there.");

/// <summary>The table asks its readers or writers for something that is not known here.</summary>
public sealed class UnsupportedTableException(string what) : Exception(what);

/// <summary>The table has a schema that rows of the new one don't fit into.</summary>
public sealed class IncompatibleTableException(string what) : Exception(what);
