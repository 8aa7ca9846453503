using Streaming.Avro.Schema;

namespace Streaming.Avro.Generator;

/// <summary>An enum schema as C#: the symbols as they are written, so that none collides with another.</summary>
internal static class EnumType
{
    public static void Write(CodeWriter code, EnumSchema schema, string name)
    {
        Docs.Summary(code, schema.Doc, schema.FullName);
        code.Block($"public enum {name}", () =>
        {
            foreach (var symbol in schema.Symbols)
            {
                Docs.Member(code, $"Symbol {symbol}.");
                code.Line($"@{symbol},");
            }
        });
    }
}
