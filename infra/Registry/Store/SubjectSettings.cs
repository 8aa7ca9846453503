using Streaming.Avro.Compatibility;

namespace Streaming.Registry.Store;

/// <summary>What a subject, or the registry, has been configured to; null where it was not.</summary>
/// <param name="Level">What a new version must keep to.</param>
/// <param name="Alias">The subject that is meant by this one's name.</param>
/// <param name="Normalize">Kept and told, without an effect: equal schemas share an id here however they are written.</param>
internal sealed record SubjectSettings(CompatibilityLevel? Level = null, string? Alias = null, bool? Normalize = null)
{
    public static readonly SubjectSettings None = new();
}
