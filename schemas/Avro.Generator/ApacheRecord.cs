namespace Streaming.Avro.Generator;

/// <summary>The part of a record that makes it an <c>ISpecificRecord</c> of Apache.Avro, which Confluent's serializers take.</summary>
/// <remarks>Their reader makes a record without values and puts one after the other into it, also into properties that others can only initialize.</remarks>
internal sealed class ApacheRecord(
    string name, IReadOnlyList<(string Name, TypeCode Code)> members, bool needsConstructor, ISet<string> memberNames, TypeNames names)
{
    public const string Interface = "Avro.Specific.ISpecificRecord";

    private readonly string _values = ApacheForm.Values(names);
    private readonly string _setters = Naming.Unique("Setters", memberNames);

    public void Write(CodeWriter code) => code.Block($"partial record {name} : global::{Interface}", () =>
    {
        Docs.Member(code, "The schema as Apache.Avro has it, under the name by which its users look for it; null where Apache.Avro refuses it.");
        code.Line($"public static readonly global::Avro.Schema? _SCHEMA = {_values}.SchemaOf(SchemaJson);").Line();
        if (needsConstructor)
            WriteConstructor(code);
        code.Line($"global::Avro.Schema global::{Interface}.Schema => _SCHEMA ?? global::Avro.Schema.Parse(SchemaJson);").Line();
        WriteGet(code);
        WritePut(code);
        WriteSetters(code);
    });

    private void WriteConstructor(CodeWriter code)
    {
        Docs.Member(code, "A record without values, which Apache.Avro's reader fills. Everybody else calls the constructor that takes all of them.");
        code.Line("[global::System.ComponentModel.EditorBrowsable(global::System.ComponentModel.EditorBrowsableState.Never)]");
        code.Line($"public {name}()").Indented(() => code.Line($": this({string.Join(", ", members.Select(member => $"default({member.Code.PropertyType})!"))})")).Line("{").Line("}").Line();
    }

    private void WriteGet(CodeWriter code)
    {
        code.Line($"object? global::{Interface}.Get(int fieldPos) => fieldPos switch").Line("{").Indented(() =>
        {
            for (var i = 0; i < members.Count; i++)
                code.Line($"{i} => (object?){ApacheValue.There(members[i].Code, members[i].Name, _values)},");
            code.Line($"_ => throw {_values}.NoField(fieldPos),");
        });
        code.Line("};").Line();
    }

    private void WritePut(CodeWriter code) => code.Block($"void global::{Interface}.Put(int fieldPos, object value)", () => code.Block("switch (fieldPos)", () =>
    {
        for (var i = 0; i < members.Count; i++)
        {
            code.Line($"case {i}:").Indented(() =>
            {
                code.Line($"{_setters}.Of{i}(this, {ApacheValue.Here(members[i].Code, "value", _values)});");
                code.Line("break;");
            });
        }
        code.Line("default:").Indented(() => code.Line($"throw {_values}.NoField(fieldPos);"));
    }));

    private void WriteSetters(CodeWriter code)
    {
        code.Line();
        code.Block($"private static class {_setters}", () =>
        {
            for (var i = 0; i < members.Count; i++)
                code.Line($"public static readonly global::System.Action<{name}, {members[i].Code.PropertyType}> Of{i} = {_values}.Setter<{name}, {members[i].Code.PropertyType}>(\"{members[i].Name}\");");
        });
    }
}
