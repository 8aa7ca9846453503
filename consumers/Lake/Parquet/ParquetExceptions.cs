namespace Streaming.Lake.Parquet;

/// <summary>The bytes are no Parquet file, or a damaged one.</summary>
public sealed class MalformedParquetException(string what, Exception? cause = null) : Exception(what, cause);

/// <summary>The file is fine, but made in a way that this reader does not know.</summary>
public sealed class UnsupportedParquetException(string what) : Exception(what);
