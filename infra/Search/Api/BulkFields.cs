using Streaming.Search.Failures;

namespace Streaming.Search.Api;

/// <summary>The parts of a bulk request's answer.</summary>
[Flags]
internal enum BulkFields
{
    None = 0,
    Took = 1 << 0,
    Errors = 1 << 1,
    Index = 1 << 2,
    Id = 1 << 3,
    Version = 1 << 4,
    Result = 1 << 5,
    Shards = 1 << 6,
    Sequence = 1 << 7,
    Term = 1 << 8,
    Status = 1 << 9,
    Error = 1 << 10,
    OfWritten = Index | Id | Version | Result | Shards | Sequence | Term | Status,
    OfRefused = Index | Id | Status | Error,
    All = Took | Errors | OfWritten | Error,
}

/// <summary>The parameter <c>filter_path</c> of a bulk request: which parts its answer has. A caller that knows what it sent asks for statuses and errors alone.</summary>
internal static class BulkFilter
{
    /// <exception cref="SearchFailure">It names something that cannot be picked out here.</exception>
    public static BulkFields Read(ApiRequest request)
    {
        if (request.Parameter("filter_path") is not { Length: > 0 } text)
            return BulkFields.All;
        var fields = BulkFields.None;
        foreach (var path in text.Split(','))
            fields |= Of(path);
        return fields;
    }

    private static BulkFields Of(string path) => path switch
    {
        "took" => BulkFields.Took,
        "errors" => BulkFields.Errors,
        "items" => BulkFields.OfWritten | BulkFields.Error,
        "items.*._index" => BulkFields.Index,
        "items.*._id" => BulkFields.Id,
        "items.*._version" => BulkFields.Version,
        "items.*.result" => BulkFields.Result,
        "items.*._shards" => BulkFields.Shards,
        "items.*._seq_no" => BulkFields.Sequence,
        "items.*._primary_term" => BulkFields.Term,
        "items.*.status" => BulkFields.Status,
        "items.*.error" => BulkFields.Error,
        // Of a request that is refused as a whole; that answer is never cut.
        "error" or "status" => BulkFields.None,
        _ => throw SearchFailure.Unsupported($"[{path}] in the filter_path of a bulk request"),
    };
}
