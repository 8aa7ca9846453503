using Streaming.Avro.Schema;

namespace Streaming.Avro.Generator;

/// <summary>A union of several types as C#: an abstract record nested in the one that has the union, and a record per branch with its value.</summary>
internal sealed record ChoiceType(string Name, UnionSchema Union, IReadOnlyList<ChoiceBranch> Branches)
{
    public void Write(CodeWriter code)
    {
        code.Line();
        code.Line($"/// <summary>One of: {string.Join(", ", Union.Branches.Select(branch => branch.TypeName))}.</summary>");
        code.Block($"public abstract record {Name}", () =>
        {
            code.Line($"private {Name}()").Line("{").Line("}").Line();
            code.Line("internal abstract void Encode(ref AvroWriter writer);").Line();
            WriteDecode(code);
            for (var i = 0; i < Branches.Count; i++)
            {
                if (i != Union.NullIndex)
                    WriteBranch(code, i);
            }
        });
    }

    private void WriteDecode(CodeWriter code)
    {
        code.Line($"internal static {Name}{(Union.NullIndex < 0 ? "" : "?")} Decode(ref AvroReader reader) => reader.ReadUnionIndex({Branches.Count}) switch");
        code.Line("{").Indented(() =>
        {
            for (var i = 0; i < Branches.Count; i++)
            {
                var decoded = i == Union.NullIndex ? "null" : $"new {Branches[i].Name}({Branches[i].Code.Decode()})";
                code.Line($"{(i == Branches.Count - 1 ? "_" : i.ToString(System.Globalization.CultureInfo.InvariantCulture))} => {decoded},");
            }
        });
        code.Line("};");
    }

    private void WriteBranch(CodeWriter code, int index)
    {
        var branch = Branches[index];
        code.Line();
        code.Line($"/// <summary>Branch {index}: {Union.Branches[index].TypeName}.</summary>");
        code.Block($"public sealed record {branch.Name}({branch.Code.PropertyType} Value) : {Name}", () =>
        {
            code.Block("internal override void Encode(ref AvroWriter writer)", () =>
            {
                code.Line($"writer.WriteUnionIndex({index});");
                branch.Code.Encode(code, "Value");
            });
            ValueEquality.Write(code, branch.Name, [("Value", branch.Code)]);
        });
    }
}

/// <summary>A branch of a union, and the record that holds its values.</summary>
internal sealed record ChoiceBranch(string Name, TypeCode Code);
