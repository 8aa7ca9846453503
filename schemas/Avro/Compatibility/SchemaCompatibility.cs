using System.Runtime.CompilerServices;
using Streaming.Avro.Schema;

namespace Streaming.Avro.Compatibility;

/// <summary>Judges from two schemas alone whether one reads all data written with the other.</summary>
/// <remarks>
/// Source: Avro 1.12, "Schema Resolution"; judged and told as org.apache.avro.SchemaCompatibility does, because registries and their users know its answers.
/// It differs from the specification where that class does: names are compared without namespace, and decimals may differ in precision and scale.
/// Work is bounded, because a megabyte of unions can ask for a thousand million comparisons.
/// </remarks>
public sealed class SchemaCompatibility
{
    private const int ComparisonsMax = 2_000_000;
    private const int CausesMax = 100;

    private static readonly IReadOnlyList<Incompatibility> Compatible = [];

    // A pair that is being compared counts as compatible when it comes again below itself: only what is found on the way can speak against it.
    private readonly Dictionary<(AvroSchema Reader, AvroSchema Writer), IReadOnlyList<Incompatibility>> _known = [];
    private readonly List<string> _path = [];
    private int _comparisons;

    private SchemaCompatibility()
    {
    }

    /// <summary>What keeps <paramref name="reader"/> from reading data of <paramref name="writer"/>, the first hundred causes; empty when it reads all of them.</summary>
    /// <exception cref="IncomparableSchemasException">The schemas are larger or deeper than any honest ones.</exception>
    public static IReadOnlyList<Incompatibility> Check(AvroSchema reader, AvroSchema writer)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(writer);
        try
        {
            return new SchemaCompatibility().Compare(reader, writer);
        }
        catch (InsufficientExecutionStackException cause)
        {
            throw new IncomparableSchemasException("The schemas' types refer to one another in a chain too long to be compared.", cause);
        }
    }

    private IReadOnlyList<Incompatibility> Compare(AvroSchema reader, AvroSchema writer)
    {
        // Named types can form a chain of any length without nesting in the JSON.
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (_known.TryGetValue((reader, writer), out var known))
            return known;
        Count();
        _known[(reader, writer)] = Compatible;
        return _known[(reader, writer)] = CompareNew(reader, writer);
    }

    private IReadOnlyList<Incompatibility> CompareNew(AvroSchema reader, AvroSchema writer) => (reader, writer) switch
    {
        (UnionSchema union, UnionSchema written) => EachBranch(written, branch => Compare(union, branch).Count == 0 ? Compatible : MissingBranch(branch)),
        (_, UnionSchema written) => EachBranch(written, branch => Compare(reader, branch)),
        (UnionSchema union, _) => union.Branches.Any(branch => CanRead(branch, writer)) ? Compatible : MissingBranch(writer),
        (RecordSchema record, RecordSchema written) => All([Names(record, written), .. Fields(record, written)]),
        (EnumSchema symbols, EnumSchema written) => All([Names(symbols, written), Symbols(symbols, written)]),
        (FixedSchema bytes, FixedSchema written) => All([Names(bytes, written), Size(bytes, written)]),
        (ArraySchema array, ArraySchema written) => At("items", () => Compare(array.Items, written.Items)),
        (MapSchema map, MapSchema written) => At("values", () => Compare(map.Values, written.Values)),
        _ when reader.Type == writer.Type || IsPromotion(writer.Type, reader.Type) => Compatible,
        _ => [Found(IncompatibilityKind.TypeMismatch, $"reader type: {NameOf(reader)} not compatible with writer type: {NameOf(writer)}")],
    };

    /// <summary>A yes or no, without looking into a type whose name says no already: nobody asks for its causes.</summary>
    private bool CanRead(AvroSchema branch, AvroSchema writer)
    {
        Count();
        var isOther = branch is NamedSchema reader && writer is NamedSchema written && !IsNamedAlike(reader, written);
        return !isOther && Compare(branch, writer).Count == 0;
    }

    private IReadOnlyList<Incompatibility> EachBranch(UnionSchema written, Func<AvroSchema, IReadOnlyList<Incompatibility>> compare) =>
        All(written.Branches.Select((branch, i) => At($"{i}", () => compare(branch))));

    private IReadOnlyList<Incompatibility> MissingBranch(AvroSchema branch) =>
        [Found(IncompatibilityKind.MissingUnionBranch, $"reader union lacking writer type: {NameOf(branch)}")];

    private IReadOnlyList<Incompatibility> Names(NamedSchema reader, NamedSchema writer) =>
        IsNamedAlike(reader, writer)
            ? Compatible
            : At("name", () => [Found(IncompatibilityKind.NameMismatch, $"expected: {writer.FullName}")]);

    private IReadOnlyList<Incompatibility> Size(FixedSchema reader, FixedSchema writer) =>
        reader.Size == writer.Size
            ? Compatible
            : At("size", () => [Found(IncompatibilityKind.FixedSizeMismatch, $"expected: {writer.Size}, found: {reader.Size}")]);

    private IReadOnlyList<Incompatibility> Symbols(EnumSchema reader, EnumSchema writer)
    {
        var missing = writer.Symbols.Except(reader.Symbols).Order(StringComparer.Ordinal).ToArray();
        return missing.Length == 0 || reader.Default is not null
            ? Compatible
            : At("symbols", () => [Found(IncompatibilityKind.MissingEnumSymbols, $"[{string.Join(", ", missing)}]")]);
    }

    private IEnumerable<IReadOnlyList<Incompatibility>> Fields(RecordSchema reader, RecordSchema writer) =>
        reader.Fields.Select(field => At("fields", () => At($"{field.Position}", () => Field(field, FindWritten(writer, field)))));

    private IReadOnlyList<Incompatibility> Field(RecordField reader, RecordField? writer)
    {
        if (writer is not null)
            return At("type", () => Compare(reader.Schema, writer.Schema));
        return reader.Default is not null
            ? Compatible
            : [Found(IncompatibilityKind.ReaderFieldMissingDefaultValue, reader.Name)];
    }

    private static RecordField? FindWritten(RecordSchema writer, RecordField reader) =>
        writer.Find(reader.Name) ?? reader.Aliases.Select(writer.Find).FirstOrDefault(found => found is not null);

    private static bool IsNamedAlike(NamedSchema reader, NamedSchema writer) =>
        reader.Name == writer.Name || reader.Aliases.Contains(writer.FullName);

    private static bool IsPromotion(AvroType writer, AvroType reader) => (writer, reader) switch
    {
        (AvroType.Int, AvroType.Long or AvroType.Float or AvroType.Double) => true,
        (AvroType.Long, AvroType.Float or AvroType.Double) => true,
        (AvroType.Float, AvroType.Double) => true,
        (AvroType.String, AvroType.Bytes) or (AvroType.Bytes, AvroType.String) => true,
        _ => false,
    };

    private static IReadOnlyList<Incompatibility> All(IEnumerable<IReadOnlyList<Incompatibility>> parts) =>
        [.. parts.SelectMany(part => part).Take(CausesMax)];

    private IReadOnlyList<Incompatibility> At(string step, Func<IReadOnlyList<Incompatibility>> inside)
    {
        _path.Add(step);
        var result = inside();
        _path.RemoveAt(_path.Count - 1);
        return result;
    }

    private void Count()
    {
        if (++_comparisons > ComparisonsMax)
            throw new IncomparableSchemasException($"The schemas ask for more than {ComparisonsMax} comparisons of types.");
    }

    private Incompatibility Found(IncompatibilityKind kind, string message) => new(kind, "/" + string.Join('/', _path), message);

    private static string NameOf(AvroSchema schema) => schema.Type.ToString().ToUpperInvariant();
}
