namespace Streaming.Avro.Compatibility;

/// <summary>The rule of schema resolution that data of one schema would break when read with another.</summary>
public enum IncompatibilityKind
{
    NameMismatch,
    FixedSizeMismatch,
    MissingEnumSymbols,
    ReaderFieldMissingDefaultValue,
    TypeMismatch,
    MissingUnionBranch,
}

/// <summary>One reason why a reader's schema cannot read all data of a writer's schema.</summary>
/// <param name="Location">JSON pointer into the reader's schema; for a missing union branch its last part is the index of the writer's branch.</param>
/// <param name="Message">What is missing or expected there, in the words of Avro's Java library.</param>
public sealed record Incompatibility(IncompatibilityKind Kind, string Location, string Message)
{
    /// <summary>The rule as Avro's and Confluent's tools name it: <c>MISSING_ENUM_SYMBOLS</c>.</summary>
    public string KindName => Kind switch
    {
        IncompatibilityKind.NameMismatch => "NAME_MISMATCH",
        IncompatibilityKind.FixedSizeMismatch => "FIXED_SIZE_MISMATCH",
        IncompatibilityKind.MissingEnumSymbols => "MISSING_ENUM_SYMBOLS",
        IncompatibilityKind.ReaderFieldMissingDefaultValue => "READER_FIELD_MISSING_DEFAULT_VALUE",
        IncompatibilityKind.TypeMismatch => "TYPE_MISMATCH",
        _ => "MISSING_UNION_BRANCH",
    };

    public override string ToString() => $"{KindName} at {Location}: {Message}";
}
