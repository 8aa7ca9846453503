using Streaming.Avro.Schema;

namespace Streaming.Avro.Generator;

/// <summary>Types that Apache.Avro finds under the names of their schemas, where records, enums and fixed bytes have other names, or none, in C#.</summary>
internal static class ApacheTypes
{
    public static void Write(CodeWriter code, NamedSchema type, string name, TypeNames names)
    {
        Docs.Member(code, $"What Apache.Avro finds under the name {type.FullName}.");
        switch (type)
        {
            case FixedSchema bytes:
                WriteFixed(code, bytes, name);
                break;
            case EnumSchema symbols:
                code.Block($"internal enum {name}", () =>
                {
                    foreach (var symbol in symbols.Symbols)
                        code.Line($"@{symbol},");
                });
                break;
            default:
                code.Line($"internal sealed class {name} : global::{names.ApacheNamespace}.StandIn<global::{names.NamespaceOf(type)}.{names.NameOf(type)}>").Line("{").Line("}");
                break;
        }
    }

    private static void WriteFixed(CodeWriter code, FixedSchema schema, string name) =>
        code.Block($"internal sealed class {name} : global::Avro.Specific.SpecificFixed", () =>
        {
            code.Line($"public {name}()").Indented(() => code.Line($": base({schema.Size})")).Line("{").Line("}").Line();
            code.Line($"private static readonly global::Avro.Schema Parsed = global::Avro.Schema.Parse({Literal(schema.ToString())});").Line();
            code.Line("public override global::Avro.Schema Schema => Parsed;");
        });

    private static string Literal(string json) => Microsoft.CodeAnalysis.CSharp.SymbolDisplay.FormatLiteral(json, quote: true);
}
