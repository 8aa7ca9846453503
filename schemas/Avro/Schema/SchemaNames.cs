namespace Streaming.Avro.Schema;

/// <summary>The rules for names: parts start with a letter or underscore and go on with those and digits; dots stand between the parts.</summary>
internal static class SchemaNames
{
    private static readonly string[] _typeNames =
        ["null", "boolean", "int", "long", "float", "double", "bytes", "string", "record", "enum", "fixed", "array", "map", "union"];

    public static string Name(this AvroType type) => _typeNames[(int)type];

    public static string NameOf(string fullName) => fullName.Substring(fullName.LastIndexOf('.') + 1);

    public static string NamespaceOf(string fullName) => fullName.Substring(0, Math.Max(0, fullName.LastIndexOf('.')));

    /// <summary>A dotted name stands for itself; any other belongs to the namespace.</summary>
    public static string Qualify(string name, string inNamespace) => NamespaceOf(name).Length > 0 || inNamespace.Length == 0 ? name : $"{inNamespace}.{name}";

    public static bool IsFullName(string text) => text.Split('.').All(IsName);

    public static bool IsName(string text) =>
        text.Length > 0 && !IsDigit(text[0]) && text.All(character => IsDigit(character) || IsLetter(character));

    private static bool IsDigit(char character) => character is >= '0' and <= '9';

    private static bool IsLetter(char character) => character is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or '_';
}
