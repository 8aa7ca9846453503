using Streaming.Search.Api;

namespace Streaming.Search.Searching;

/// <summary>The parameters <c>_source</c>, <c>_source_includes</c> and <c>_source_excludes</c>.</summary>
internal static class SourceParameters
{
    public static SourceFilter Read(ApiRequest request)
    {
        var filter = request.Parameter("_source") switch
        {
            null or "" or "true" => SourceFilter.All,
            "false" => SourceFilter.None,
            var names => SourceFilter.All with { Includes = names.Split(',') },
        };
        if (request.Parameter("_source_includes") is { } includes)
            filter = filter with { Includes = includes.Split(',') };
        if (request.Parameter("_source_excludes") is { } excludes)
            filter = filter with { Excludes = excludes.Split(',') };
        return filter;
    }
}
