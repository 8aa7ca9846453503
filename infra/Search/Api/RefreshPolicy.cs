using Streaming.Search.Failures;
using Streaming.Search.Indices;

namespace Streaming.Search.Api;

/// <summary>The parameter <c>refresh</c> of writes: whether searches see them when they are answered.</summary>
/// <remarks><c>wait_for</c> refreshes at once: waiting for the interval would gain one node nothing.</remarks>
internal static class RefreshPolicy
{
    /// <exception cref="SearchFailure">It has another value.</exception>
    public static bool Read(ApiRequest request) => request.Parameter("refresh") switch
    {
        null or "false" => false,
        "" or "true" or "wait_for" => true,
        var other => throw SearchFailure.IllegalArgument($"Unknown value for refresh: [{other}]."),
    };

    /// <summary>Returns when what was written up to the position is safe, and visible where that was asked for.</summary>
    public static async Task CompleteAsync(SearchIndex index, long position, bool isRefresh)
    {
        await index.SyncAsync(position);
        if (isRefresh)
            await index.Upkeep.RefreshAsync();
    }
}
