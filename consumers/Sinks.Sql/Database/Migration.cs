using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Streaming.Sinks.Sql.Database;

/// <summary>One numbered step of the schema, an embedded SQL file: <c>Migrations/0001-stock.sql</c>. Once released it never changes.</summary>
internal sealed record Migration(int Number, string Name, string Sql)
{
    /// <summary>SHA-256 of the text, hexadecimal: a file that was changed after it was applied is found out.</summary>
    public string Checksum { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));

    /// <summary>Every migration that an assembly carries, by number.</summary>
    public static IReadOnlyList<Migration> Of(Assembly assembly)
    {
        const string Folder = ".Migrations.";
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.Contains(Folder, StringComparison.Ordinal) && name.EndsWith(".sql", StringComparison.Ordinal))
            .Select(name => Read(assembly, name, name[(name.IndexOf(Folder, StringComparison.Ordinal) + Folder.Length)..^".sql".Length]))
            .OrderBy(migration => migration.Number)];
    }

    private static Migration Read(Assembly assembly, string resource, string title)
    {
        using var text = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return new Migration(int.Parse(title.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture), title[5..], text.ReadToEnd());
    }
}
