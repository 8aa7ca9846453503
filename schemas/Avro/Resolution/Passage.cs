using Streaming.Avro.Binary;
using Streaming.Avro.Schema;

namespace Streaming.Avro.Resolution;

/// <summary>Passes over values that follow one another, as <see cref="Skip"/> does over one, but with what their schemas say looked up beforehand.</summary>
internal sealed class Passage(IEnumerable<AvroSchema> schemas)
{
    private readonly Hop[] _hops = [.. schemas.Select(Hop.Over)];

    public void Run(ref AvroReader shared)
    {
        // A reader of its own, so that its position is in a register (Benchmarks avro).
        var reader = shared.Fork();
        foreach (var hop in _hops)
        {
            if (hop.NullIndex != Hop.NeverNull && reader.ReadUnionIndex(2) == hop.NullIndex)
                continue;
            switch (hop.Kind)
            {
                case HopKind.Boolean:
                    reader.ReadBoolean();
                    break;
                case HopKind.Int:
                    reader.ReadInt();
                    break;
                case HopKind.Long:
                    reader.ReadLong();
                    break;
                case HopKind.Fixed:
                    reader.ReadFixed(hop.Size);
                    break;
                case HopKind.Enum:
                    reader.ReadEnumIndex(hop.Size);
                    break;
                case HopKind.Bytes:
                    reader.ReadBytes();
                    break;
                default:
                    shared.Join(reader);
                    Skip.Value(hop.Schema, ref shared);
                    reader = shared.Fork();
                    break;
            }
        }
        shared.Join(reader);
    }

    private enum HopKind
    {
        Boolean,
        Int,
        Long,
        Fixed,
        Enum,
        Bytes,

        /// <summary>What holds other values, and takes more than a hop.</summary>
        Any,
    }

    /// <summary>Over one value.</summary>
    /// <param name="Size">Bytes of a fixed, symbols of an enum.</param>
    /// <param name="NullIndex">The branch that is null, where the value is a union of null and one other type.</param>
    private readonly record struct Hop(HopKind Kind, AvroSchema Schema, int Size = 0, int NullIndex = Hop.NeverNull)
    {
        public const int NeverNull = -1;

        public static Hop Over(AvroSchema schema) =>
            schema is UnionSchema { NullableOf: { } other } union ? OverValue(other) with { NullIndex = union.NullIndex } : OverValue(schema);

        private static Hop OverValue(AvroSchema schema) => schema switch
        {
            FixedSchema bytes => new(HopKind.Fixed, schema, bytes.Size),
            EnumSchema symbols => new(HopKind.Enum, schema, symbols.Symbols.Count),
            _ => schema.Type switch
            {
                AvroType.Boolean => new(HopKind.Boolean, schema),
                AvroType.Int => new(HopKind.Int, schema),
                AvroType.Long => new(HopKind.Long, schema),
                AvroType.Float => new(HopKind.Fixed, schema, sizeof(float)),
                AvroType.Double => new(HopKind.Fixed, schema, sizeof(double)),
                AvroType.Bytes or AvroType.String => new(HopKind.Bytes, schema),
                _ => new(HopKind.Any, schema),
            },
        };
    }
}
