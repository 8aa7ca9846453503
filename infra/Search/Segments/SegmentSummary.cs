using System.Text.Json.Serialization;
using Streaming.Search.Mapping;

namespace Streaming.Search.Segments;

/// <summary>What stands at the end of a segment's file: where everything lies in it.</summary>
/// <param name="DocumentCount">With those that were replaced since, and with stubs.</param>
internal sealed record SegmentSummary(int DocumentCount, IReadOnlyList<SectionEntry> Sections, IReadOnlyList<FieldSummary> Fields);

/// <param name="Checksum">CRC-32C.</param>
internal sealed record SectionEntry(string Name, long Offset, long Length, uint Checksum);

/// <param name="Number">The field's, in its index.</param>
/// <param name="DocumentCount">That have the field.</param>
/// <param name="OccurrenceCount">Of all its terms together.</param>
/// <param name="IsMulti">A document has several values.</param>
internal sealed record FieldSummary(int Number, Storage Storage, int DocumentCount, long OccurrenceCount, bool IsMulti);

[JsonSerializable(typeof(SegmentSummary))]
internal sealed partial class SegmentJson : JsonSerializerContext;

/// <summary>Names of a segment's sections.</summary>
internal static class Sections
{
    public const string Source = "source";
    public const string SourceEnds = "source-ends";
    public const string Ids = "ids";
    public const string IdEnds = "id-ends";
    public const string IdTable = "id-table";
    public const string Versions = "versions";
    public const string Sequences = "sequences";

    public static string Of(int field, string part) => $"{field}.{part}";
}
