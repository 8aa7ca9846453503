using System.ComponentModel.DataAnnotations;

namespace Streaming.Search;

/// <summary>Where the search node listens, and where it keeps its indices.</summary>
public sealed class SearchServerOptions
{
    public const string Section = "Search";

    /// <summary>Port 0 asks the system for a free one. Loopback only: the node asks nobody for a password.</summary>
    [Required]
    public string Url { get; set; } = "http://127.0.0.1:0";

    /// <summary>The folder of the indices; made when it is missing. One node per folder.</summary>
    [Required]
    public string DataDirectory { get; set; } = "";

    /// <summary>Largest request, in bytes, unpacked. A larger one is answered by 413.</summary>
    [Range(1_024, 512 << 20)]
    public int RequestBytesMax { get; set; } = 100 << 20;

    /// <summary>Documents of so many bytes make a segment without waiting for the refresh interval. More costs memory and makes fewer merges.</summary>
    [Range(1_024, 256 << 20)]
    public int BufferBytesMax { get; set; } = 16 << 20;

    /// <summary>A translog of so many bytes is replaced by a commit. More makes a start after a crash longer.</summary>
    [Range(1_024, 1 << 30)]
    public int TranslogBytesMax { get; set; } = 64 << 20;
}
