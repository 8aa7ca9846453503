namespace Streaming.Avro.Schema;

/// <summary>A value of one of several schemas, encoded behind the branch's index.</summary>
public sealed class UnionSchema : AvroSchema
{
    private static readonly Dictionary<string, JsonValue> _noAttributes = [];

    internal UnionSchema(IReadOnlyList<AvroSchema> branches)
        : base(AvroType.Union, _noAttributes) => Branches = branches;

    public IReadOnlyList<AvroSchema> Branches { get; }

    /// <summary>Index of the null branch; -1 when there is none.</summary>
    public int NullIndex
    {
        get
        {
            for (var i = 0; i < Branches.Count; i++)
            {
                if (Branches[i].Type == AvroType.Null)
                    return i;
            }
            return -1;
        }
    }

    /// <summary>The other branch of a union of null and one schema, in either order; null for any other union.</summary>
    public AvroSchema? NullableOf => Branches.Count == 2 && NullIndex >= 0 ? Branches[1 - NullIndex] : null;
}
