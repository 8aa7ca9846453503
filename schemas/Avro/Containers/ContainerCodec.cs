namespace Streaming.Avro.Containers;

/// <summary>How the blocks of a container file are compressed.</summary>
public enum ContainerCodec
{
    /// <summary>"null": not at all.</summary>
    Null,

    /// <summary>"deflate": RFC 1951, which every implementation reads.</summary>
    Deflate,

    /// <summary>"snappy": fast, less compression; with a checksum.</summary>
    Snappy,

    /// <summary>"zstandard": by the system's libzstd, where there is one.</summary>
    Zstandard,
}
