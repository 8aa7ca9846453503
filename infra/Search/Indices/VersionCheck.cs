using Streaming.Search.Failures;

namespace Streaming.Search.Indices;

/// <summary>What an id has now.</summary>
/// <param name="Version">0 when it was never written.</param>
/// <param name="IsThere">False: never written, or deleted since.</param>
internal readonly record struct Current(long Version, long Sequence, bool IsThere);

internal enum VersionType
{
    Internal, External, ExternalOrEqual,
}

/// <summary>The condition under which a write is done, and the version that it leads to.</summary>
/// <param name="Version">The one to write; for the external types.</param>
/// <param name="IfSequence">The sequence that the document must have now.</param>
/// <param name="MustCreate">It must not be there.</param>
internal readonly record struct VersionCheck(VersionType Type, long? Version, long? IfSequence, long? IfTerm, bool MustCreate)
{
    /// <summary>There is one node, and it is never replaced: the term stays 1.</summary>
    public const long PrimaryTerm = 1;

    /// <exception cref="SearchFailure">400, the conditions don't go together.</exception>
    public void Validate()
    {
        if (IfSequence is null != IfTerm is null)
            throw SearchFailure.IllegalArgument("if_seq_no and if_primary_term go together: both are set, or neither");
        if (IfSequence is not null && (Type != VersionType.Internal || Version is not null))
            throw SearchFailure.IllegalArgument("compare and write operations can not use versioning");
        if (MustCreate && (IfSequence is not null || Type != VersionType.Internal || Version is not null))
            throw SearchFailure.IllegalArgument("create operations only support internal versioning without conditions, use index instead");
        if (Type == VersionType.Internal && Version is not null)
            throw SearchFailure.IllegalArgument("internal versioning can not be used for optimistic concurrency control. Please use `if_seq_no` and `if_primary_term` instead");
        if (Type != VersionType.Internal && Version is null or < 0)
            throw SearchFailure.IllegalArgument($"illegal version value [{Version ?? -1}] for version type [{(Type == VersionType.External ? "EXTERNAL" : "EXTERNAL_GTE")}]");
    }

    /// <summary>The version of what is written.</summary>
    /// <exception cref="SearchFailure">409.</exception>
    public long Next(in Current current, string id, string index)
    {
        if (MustCreate && current.IsThere)
            throw SearchFailure.VersionConflict(id, $"document already exists (current version [{current.Version}])", index);
        if (IfSequence is { } sequence)
        {
            if (!current.IsThere)
                throw SearchFailure.VersionConflict(id, $"required seqNo [{sequence}], primary term [{IfTerm}]. but no document was found", index);
            if (current.Sequence != sequence || IfTerm != PrimaryTerm)
            {
                throw SearchFailure.VersionConflict(
                    id, $"required seqNo [{sequence}], primary term [{IfTerm}]. current document has seqNo [{current.Sequence}] and primary term [{PrimaryTerm}]", index);
            }
        }

        if (Type == VersionType.Internal)
            return current.Version + 1;
        var version = Version!.Value;
        if (current.Version > 0 && (version < current.Version || (version == current.Version && Type == VersionType.External)))
        {
            var comparison = Type == VersionType.External ? "higher or equal to" : "higher than";
            throw SearchFailure.VersionConflict(id, $"current version [{current.Version}] is {comparison} the one provided [{version}]", index);
        }

        return version;
    }
}

/// <param name="Result"><c>created</c>, <c>updated</c>, <c>deleted</c> or <c>not_found</c>.</param>
internal readonly record struct WriteResult(string Result, long Version, long Sequence, int Status);
