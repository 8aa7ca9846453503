namespace Streaming.Avro.Generator;

/// <summary>A schema's words as documentation comments.</summary>
internal static class Docs
{
    public static void Summary(CodeWriter code, string? doc, string schemaName) =>
        Lines(code, "<summary>", $"{Sentence(doc)}Schema: {schemaName}.", "</summary>");

    public static void Parameter(CodeWriter code, string name, string? doc, string avroName) =>
        Lines(code, $"<param name=\"{name}\">", doc is { Length: > 0 } ? Escaped(doc) : $"Field {avroName}.", "</param>");

    public static void Field(CodeWriter code, string? doc, string avroName) =>
        Lines(code, "<summary>", doc is { Length: > 0 } ? Escaped(doc) : $"Field {avroName}.", "</summary>");

    public static void Member(CodeWriter code, string text) => Lines(code, "<summary>", text, "</summary>");

    private static string Sentence(string? doc) => doc switch
    {
        null or "" => "",
        _ when doc.TrimEnd().EndsWith(".", StringComparison.Ordinal) => Escaped(doc.TrimEnd()) + " ",
        _ => Escaped(doc.TrimEnd()) + ". ",
    };

    private static void Lines(CodeWriter code, string open, string text, string close)
    {
        var lines = $"{open}{text}{close}".Split('\n');
        foreach (var line in lines)
            code.Line($"/// {line.Trim()}");
    }

    private static string Escaped(string text) =>
        text.Replace("\r", "").Replace("\u2028", " ").Replace("\u2029", " ").Replace("\u0085", " ").Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
}
