namespace Streaming.Broker.Tests.Messages;

/// <summary>One field of a message.</summary>
/// <param name="Type">Of the protocol's primitives, or a structure's name; with <c>[]</c> before it, an array of these.</param>
/// <param name="NullableVersions">Null: it never is.</param>
/// <param name="TaggedVersions">Null: it never is.</param>
/// <param name="EntityType">What the value names, such as a topic; null for other things.</param>
/// <param name="Fields">Those of the structure; null for primitives.</param>
internal sealed record MessageField(
    string Name, string Type, VersionSpan Versions, VersionSpan? NullableVersions, VersionSpan? TaggedVersions, uint Tag, string? EntityType,
    IReadOnlyList<MessageField>? Fields)
{
    public bool IsArray => Type.StartsWith("[]", StringComparison.Ordinal);

    /// <summary>Its type, or that of its elements.</summary>
    public string ElementType => IsArray ? Type[2..] : Type;

    public bool IsNullable(short version) => NullableVersions?.Contains(version) == true;

    /// <summary>Of these, those that the message has in its place.</summary>
    public static IEnumerable<MessageField> InPlace(IEnumerable<MessageField> fields, short version) =>
        fields.Where(field => field.Versions.Contains(version) && field.TaggedVersions?.Contains(version) != true);

    /// <summary>Of these, those that the message has as tagged fields, by rising tag.</summary>
    public static IEnumerable<MessageField> Tagged(IEnumerable<MessageField> fields, short version) =>
        fields.Where(field => field.TaggedVersions?.Contains(version) == true).OrderBy(field => field.Tag);
}
