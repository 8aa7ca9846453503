using Streaming.Avro.Compatibility;

namespace Streaming.Registry.Store;

/// <summary>What a subject, or the registry, has been configured to; null where it was not.</summary>
/// <param name="Level">What a new version must keep to.</param>
/// <param name="Alias">The subject that is meant by this one's name.</param>
/// <param name="Normalize">Schemas are normalized before they are registered and looked up, whether their caller asks for it or not.</param>
/// <param name="CompatibilityGroup">A property of the metadata: only versions that have the same value of it must go with one another.</param>
/// <param name="DefaultMetadata">What a schema's metadata are where it, and its predecessor, say nothing else.</param>
/// <param name="OverrideMetadata">What they are whatever it says.</param>
/// <param name="DefaultRuleSet">As of the metadata.</param>
/// <param name="OverrideRuleSet">As of the metadata.</param>
internal sealed record SubjectSettings(
    CompatibilityLevel? Level = null, string? Alias = null, bool? Normalize = null, string? CompatibilityGroup = null,
    SchemaMetadata? DefaultMetadata = null, SchemaMetadata? OverrideMetadata = null, RuleSet? DefaultRuleSet = null, RuleSet? OverrideRuleSet = null)
{
    public static readonly SubjectSettings None = new();
}
