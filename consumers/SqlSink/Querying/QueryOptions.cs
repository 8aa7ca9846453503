using System.ComponentModel.DataAnnotations;

namespace Streaming.SqlSink.Querying;

/// <summary>How the query API answers. Section <c>Queries</c>.</summary>
public sealed class QueryOptions
{
    public const string Section = "Queries";

    /// <summary>How long <c>?atLeast=version</c> waits before it gives up.</summary>
    [Range(0, 60_000)]
    public int AtLeastWaitMs { get; set; } = 5_000;

    /// <summary>How often it looks in the meantime: the sink that writes may be another host.</summary>
    [Range(1, 10_000)]
    public int AtLeastPollMs { get; set; } = 20;

    /// <summary>Items on a page when the caller names no limit.</summary>
    [Range(1, 1_000)]
    public int PageItems { get; set; } = 100;

    /// <summary>Most items on a page.</summary>
    [Range(1, 10_000)]
    public int PageItemsMax { get; set; } = 1_000;
}
