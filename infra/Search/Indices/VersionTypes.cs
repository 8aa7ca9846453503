using Streaming.Search.Failures;

namespace Streaming.Search.Indices;

/// <summary>The parameter <c>version_type</c>.</summary>
internal static class VersionTypes
{
    /// <exception cref="SearchFailure">It is none.</exception>
    public static VersionType Parse(string? name) => name switch
    {
        null or "internal" => VersionType.Internal,
        "external" or "external_gt" => VersionType.External,
        "external_gte" => VersionType.ExternalOrEqual,
        _ => throw SearchFailure.IllegalArgument($"No version type match [{name}]"),
    };
}
