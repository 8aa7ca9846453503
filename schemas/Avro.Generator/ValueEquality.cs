namespace Streaming.Avro.Generator;

/// <summary>Equals and GetHashCode of a record with members that .NET would compare by reference. Nothing where it compares them by content anyway.</summary>
internal static class ValueEquality
{
    public static void Write(CodeWriter code, string typeName, IReadOnlyList<(string Name, TypeCode Code)> members)
    {
        if (!members.Any(member => member.Code.ComparesByReference))
            return;
        code.Line();
        code.Line("/// <summary>True when all members are equal, bytes and collections by content.</summary>");
        code.Line($"public bool Equals({typeName}? other) => other is not null").Indented(() =>
        {
            for (var i = 0; i < members.Count; i++)
                code.Line($"&& AvroEquality.Equal({members[i].Name}, other.{members[i].Name}){(i == members.Count - 1 ? ";" : "")}");
        });
        code.Line();
        code.Line("/// <inheritdoc/>");
        code.Block("public override int GetHashCode()", () =>
        {
            code.Line("var hash = new HashCode();");
            foreach (var (name, _) in members)
                code.Line($"hash.Add(AvroEquality.Hash({name}));");
            code.Line("return hash.ToHashCode();");
        });
    }
}
