using System.Runtime.CompilerServices;
using Streaming.Avro.Binary;
using Streaming.Avro.Schema;

namespace Streaming.Avro.Resolution;

/// <summary>Where the fields of a record are in bytes of another version: generated code reads them from there, and nothing is rewritten.</summary>
/// <remarks>For versions whose fields came, went and moved, but stayed what they were. Defaults come first, from bytes that the plan keeps; then what was written, in the writer's order.</remarks>
public sealed class FieldOrder
{
    /// <summary>Stands before the first field that was written: until then the reader is <see cref="Defaults"/>.</summary>
    public const int Written = -1;

    private readonly int[] _fields;
    private readonly byte[] _defaults;

    /// <summary>What is to be skipped; the first stands for one below <see cref="Written"/>, the second for two below it.</summary>
    private readonly Passage[] _skipped;

    private FieldOrder(int[] fields, byte[] defaults, Passage[] skipped) => (_fields, _defaults, _skipped) = (fields, defaults, skipped);

    /// <summary>The position of the record's field that comes next, or <see cref="Written"/>, or below that what is to be given to <see cref="Skip"/>.</summary>
    public ReadOnlySpan<int> Fields => _fields;

    /// <summary>Reads the fields that were not written.</summary>
    public AvroReader Defaults
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(_defaults);
    }

    /// <summary>Passes over what the record doesn't have.</summary>
    public void Skip(int field, ref AvroReader reader) => _skipped[Written - 1 - field].Run(ref reader);

    /// <param name="fields">The reader's.</param>
    /// <returns>Null where a field changed its type, or serves two of the reader's by an alias.</returns>
    internal static FieldOrder? Of(RecordSchema written, IReadOnlyList<FieldPlan> fields)
    {
        var bySource = new Dictionary<int, int>();
        var (order, defaults, skipped) = (new List<int>(), new List<byte>(), new List<Passage>());
        for (var i = 0; i < fields.Count; i++)
        {
            if (fields[i].Step is ConstantStep constant)
            {
                order.Add(i);
                defaults.AddRange(constant.Bytes);
            }
            else if (fields[i].Step is not CopyStep || !bySource.TryAdd(fields[i].Source, i))
            {
                return null;
            }
        }
        order.Add(Written);
        foreach (var source in written.Fields)
        {
            if (bySource.TryGetValue(source.Position, out var field))
            {
                order.Add(field);
                continue;
            }
            skipped.Add(new Passage([source.Schema]));
            order.Add(Written - skipped.Count);
        }
        return new FieldOrder([.. order], [.. defaults], [.. skipped]);
    }
}
