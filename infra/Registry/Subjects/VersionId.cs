using Streaming.Registry.Store;

namespace Streaming.Registry.Subjects;

/// <summary>A version as a path names it: a number from 1, or <c>latest</c>, also said as -1.</summary>
internal readonly record struct VersionId(int? Number)
{
    public bool IsLatest => Number is null;

    /// <exception cref="ApiError">42202: neither.</exception>
    public static VersionId Parse(string text) => text switch
    {
        "latest" or "-1" => new VersionId(null),
        _ => int.TryParse(text, out var number) && number > 0 ? new VersionId(number) : throw ApiError.InvalidVersion(text),
    };

    /// <summary>The version it means.</summary>
    /// <exception cref="ApiError">40401 the subject is unknown; 40402 it has no such version.</exception>
    public StoredSchema In(SchemaState state, string subject, bool withDeleted = false)
    {
        var number = Number;
        var versions = state.Versions(subject, withDeleted);
        if (!versions.Any() && !state.Versions(subject, withDeleted: true).Any(version => version.Version == number))
            throw ApiError.SubjectNotFound(subject);
        return (number is null ? versions.LastOrDefault() : versions.FirstOrDefault(version => version.Version == number))
            ?? throw ApiError.VersionNotFound(number ?? -1);
    }
}
