using Streaming.Broker.Log;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Fetching;

/// <summary>One partition of a session: what the client wants of it, and the ends of the log that it was told last.</summary>
internal sealed class Followed(FetchPartition wanted)
{
    private (long HighWatermark, long LastStableOffset, long LogStartOffset) _told = (-1, -1, -1);

    public FetchPartition Wanted { get; set; } = wanted;

    /// <summary>Notes what was read. False: it is nothing new.</summary>
    public bool Tell(in LogRead read)
    {
        var ends = (read.HighWatermark, read.LastStableOffset, read.LogStartOffset);
        var isNews = read.Records.SizeBytes > 0 || read.Error != ErrorCode.None || ends != _told;
        _told = ends;
        return isNews;
    }
}
