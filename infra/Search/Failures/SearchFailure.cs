using Microsoft.AspNetCore.Http;

namespace Streaming.Search.Failures;

/// <summary>An answer other than success, in Elasticsearch's words. Thrown, so that requests read top-down; one place turns it into HTTP.</summary>
/// <param name="status">HTTP status; within a bulk answer, that of its item.</param>
/// <param name="type">What clients match on, such as <c>version_conflict_engine_exception</c>.</param>
/// <param name="index">The index it is about, where the API says so.</param>
internal sealed class SearchFailure(int status, string type, string reason, string? index = null, Exception? cause = null) : Exception(reason, cause)
{
    public int Status { get; } = status;
    public string Type { get; } = type;
    public string? Index { get; } = index;

    public static SearchFailure IllegalArgument(string reason) => new(StatusCodes.Status400BadRequest, "illegal_argument_exception", reason);

    /// <summary>A request that Elasticsearch knows and this node does not: said, never ignored.</summary>
    public static SearchFailure Unsupported(string what) => IllegalArgument($"{what} is not supported by this search node");

    public static SearchFailure Parsing(string reason, Exception? cause = null) =>
        new(StatusCodes.Status400BadRequest, "parsing_exception", reason, cause: cause);

    /// <summary>A document that the mapping refuses.</summary>
    public static SearchFailure Document(string reason, Exception? cause = null) =>
        new(StatusCodes.Status400BadRequest, "mapper_parsing_exception", reason, cause: cause);

    public static SearchFailure StrictMapping(string field, string within) =>
        new(StatusCodes.Status400BadRequest, "strict_dynamic_mapping_exception",
            $"mapping set to strict, dynamic introduction of [{field}] within [{within}] is not allowed");

    public static SearchFailure NoIndex(string index) =>
        new(StatusCodes.Status404NotFound, "index_not_found_exception", $"no such index [{index}]", index);

    public static SearchFailure IndexExists(string index, string uuid) =>
        new(StatusCodes.Status400BadRequest, "resource_already_exists_exception", $"index [{index}/{uuid}] already exists", index);

    public static SearchFailure VersionConflict(string id, string what, string index) =>
        new(StatusCodes.Status409Conflict, "version_conflict_engine_exception", $"[{id}]: version conflict, {what}", index);

    public static SearchFailure TooLarge(long bytesMax) =>
        new(StatusCodes.Status413PayloadTooLarge, "content_too_long_exception", $"the request is larger than {bytesMax} bytes; send fewer documents at once");

    /// <summary>The index's files are damaged, or the disk refused a write: nothing more is written to it.</summary>
    public static SearchFailure Broken(string index, Exception cause) =>
        new(StatusCodes.Status503ServiceUnavailable, "index_closed_by_failure_exception", $"index [{index}] takes no more writes: {cause.Message}", index, cause);
}
