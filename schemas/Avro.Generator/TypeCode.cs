namespace Streaming.Avro.Generator;

/// <summary>How values of one schema look in C#, and the code that writes and reads them.</summary>
/// <param name="Name">The C# type, never nullable.</param>
internal abstract record TypeCode(string Name)
{
    /// <summary>The type as a property has it: with a question mark where null is a value.</summary>
    public virtual string PropertyType => Name;

    /// <summary>True when .NET compares values by reference and we want them compared by content.</summary>
    public virtual bool ComparesByReference => false;

    /// <summary>True when the calls that encode and decode it are all compiled in place: then nobody needs the writer's and the reader's address.</summary>
    public virtual bool IsInlined => false;

    /// <summary>Writes statements that encode the value of an expression, which may be evaluated more than once.</summary>
    public abstract void Encode(CodeWriter code, string value, int depth);

    /// <summary>The same, not within a loop or condition of other code.</summary>
    public void Encode(CodeWriter code, string value) => Encode(code, value, depth: 0);

    /// <summary>An expression that decodes a value; <c>reader</c> is in scope.</summary>
    public abstract string Decode();
}

/// <summary>A type that the codec writes and reads by one call each.</summary>
/// <param name="Apache">The same value in Apache.Avro.</param>
internal sealed record CalledCode(string Name, string Write, string Read, ApacheForm Apache) : TypeCode(Name)
{
    public bool IsBytes { get; init; }

    /// <summary>True where those calls, and what they call on the way that is mostly taken, are small enough for it.</summary>
    public bool IsCompiledInPlace { get; init; }

    public override bool ComparesByReference => IsBytes;

    public override bool IsInlined => IsCompiledInPlace;

    public override void Encode(CodeWriter code, string value, int depth)
    {
        if (Write.Length > 0)
            code.Line(Write.Replace("{0}", value) + ";");
    }

    public override string Decode() => Read;
}

/// <summary>A type of the project's own around what the schema says: <c>csharpType</c>.</summary>
internal sealed record StrongCode(string Name, TypeCode Inner) : TypeCode(Name)
{
    public override bool IsInlined => Inner.IsInlined;

    public override void Encode(CodeWriter code, string value, int depth) => Inner.Encode(code, $"{value}.Value", depth);

    public override string Decode() => $"new {Name}({Inner.Decode()})";
}

/// <summary>A union of null and one other type, or of null and a choice.</summary>
internal sealed record NullableCode(TypeCode Inner, int NullIndex) : TypeCode(Inner.Name)
{
    public override string PropertyType => Inner.PropertyType + "?";

    public override bool ComparesByReference => Inner.ComparesByReference;

    public override bool IsInlined => Inner.IsInlined;

    public override void Encode(CodeWriter code, string value, int depth)
    {
        // C# gives the variable the scope around the condition, so two fields cannot share a name.
        var present = depth == 0 ? char.ToLowerInvariant(value[0]) + value.Substring(1) + "Value" : $"present{depth}";
        code.Block($"if ({value} is {{ }} {present})", () =>
        {
            code.Line($"writer.WriteUnionIndex({1 - NullIndex});");
            Inner.Encode(code, present, depth + 1);
        });
        code.Block("else", () => code.Line($"writer.WriteUnionIndex({NullIndex});"));
    }

    // Not null: to C# that would be an array without bytes where the other value is a ReadOnlyMemory.
    public override string Decode() => $"reader.ReadUnionIndex(2) == {NullIndex} ? default({PropertyType}) : {Inner.Decode()}";
}

/// <summary>A union with one branch only.</summary>
internal sealed record SingleBranchCode(TypeCode Inner) : TypeCode(Inner.Name)
{
    public override string PropertyType => Inner.PropertyType;

    public override bool ComparesByReference => Inner.ComparesByReference;

    public override void Encode(CodeWriter code, string value, int depth)
    {
        code.Line("writer.WriteUnionIndex(0);");
        Inner.Encode(code, value, depth);
    }

    public override string Decode() => $"reader.ReadUnionIndex(1) == 0 ? {Inner.Decode()} : default!";
}

/// <summary>A union of several types: a nested record per branch, see <see cref="ChoiceType"/>.</summary>
/// <param name="NullIndex">Index of the null branch; -1 when there is none.</param>
/// <param name="Branches">In the order of the schema.</param>
internal sealed record ChoiceCode(string Name, int NullIndex, IReadOnlyList<ChoiceBranch> Branches) : TypeCode(Name)
{
    public override string PropertyType => NullIndex < 0 ? Name : Name + "?";

    public override void Encode(CodeWriter code, string value, int depth)
    {
        if (NullIndex < 0)
        {
            code.Line($"{value}.Encode(ref writer);");
            return;
        }
        code.Line($"if ({value} is null)").Indented(() => code.Line($"writer.WriteUnionIndex({NullIndex});"));
        code.Line("else").Indented(() => code.Line($"{value}.Encode(ref writer);"));
    }

    public override string Decode() => $"{Name}.Decode(ref reader)";
}

/// <summary>An array.</summary>
/// <param name="ItemBytesMin">The fewest bytes that an item takes.</param>
internal sealed record ArrayCode(string Name, TypeCode Item, int ItemBytesMin) : TypeCode(Name)
{
    public override bool ComparesByReference => true;

    public override void Encode(CodeWriter code, string value, int depth)
    {
        var (index, item) = depth == 0 ? ("i", "item") : ($"i{depth}", $"item{depth}");
        code.Line($"writer.WriteBlockCount({value}.Count);");
        code.Block($"for (var {index} = 0; {index} < {value}.Count; {index}++)", () =>
        {
            code.Line($"var {item} = {value}[{index}];");
            Item.Encode(code, item, depth + 1);
        });
        code.Line("writer.WriteBlockEnd();");
    }

    public override string Decode() => $"reader.ReadArray<{Item.PropertyType}>({ItemBytesMin}, static (ref AvroReader reader) => {Item.Decode()})";
}

/// <summary>A map.</summary>
/// <param name="ValueBytesMin">The fewest bytes that a value takes.</param>
internal sealed record MapCode(string Name, TypeCode Value, int ValueBytesMin) : TypeCode(Name)
{
    public override bool ComparesByReference => true;

    public override void Encode(CodeWriter code, string value, int depth)
    {
        var entry = depth == 0 ? "entry" : $"entry{depth}";
        code.Line($"writer.WriteBlockCount({value}.Count);");
        code.Block($"foreach (var {entry} in {value})", () =>
        {
            code.Line($"writer.WriteString({entry}.Key);");
            Value.Encode(code, $"{entry}.Value", depth + 1);
        });
        code.Line("writer.WriteBlockEnd();");
    }

    public override string Decode() => $"reader.ReadMap<{Value.PropertyType}>({ValueBytesMin}, static (ref AvroReader reader) => {Value.Decode()})";
}
