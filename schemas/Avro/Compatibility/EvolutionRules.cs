using Streaming.Avro.Schema;

namespace Streaming.Avro.Compatibility;

/// <summary>A reason against a new schema, and the version that it contradicts.</summary>
/// <param name="VersionIndex">Index of the earlier schema in the list that was given.</param>
/// <param name="IsNewReader">True: the new schema cannot read data of that version. False: that version cannot read data of the new schema.</param>
public sealed record EvolutionBreak(int VersionIndex, bool IsNewReader, Incompatibility Cause);

/// <summary>Judges a new schema against the versions before it, under a level.</summary>
public static class EvolutionRules
{
    /// <summary>Everything the level forbids; empty when the new schema may follow.</summary>
    /// <param name="versions">Oldest first; the levels that are not transitive look at the last one only.</param>
    public static IReadOnlyList<EvolutionBreak> Check(CompatibilityLevel level, AvroSchema newSchema, IReadOnlyList<AvroSchema> versions)
    {
        ArgumentNullException.ThrowIfNull(versions);
        var isTransitive = level is CompatibilityLevel.BackwardTransitive or CompatibilityLevel.ForwardTransitive or CompatibilityLevel.FullTransitive;
        var readsOld = level is CompatibilityLevel.Backward or CompatibilityLevel.BackwardTransitive or CompatibilityLevel.Full or CompatibilityLevel.FullTransitive;
        var isReadByOld = level is CompatibilityLevel.Forward or CompatibilityLevel.ForwardTransitive or CompatibilityLevel.Full or CompatibilityLevel.FullTransitive;

        var breaks = new List<EvolutionBreak>();
        for (var i = versions.Count - 1; i >= (isTransitive ? 0 : Math.Max(versions.Count - 1, 0)); i--)
        {
            if (readsOld)
                breaks.AddRange(SchemaCompatibility.Check(newSchema, versions[i]).Select(cause => new EvolutionBreak(i, IsNewReader: true, cause)));
            if (isReadByOld)
                breaks.AddRange(SchemaCompatibility.Check(versions[i], newSchema).Select(cause => new EvolutionBreak(i, IsNewReader: false, cause)));
        }
        return breaks;
    }
}
