using System.Text.RegularExpressions;

namespace Streaming.Sinks.Sql.Tables;

/// <summary>Names that go into statements as they are.</summary>
internal static partial class SqlNames
{
    /// <summary>The name itself, when it needs no quoting.</summary>
    /// <exception cref="ArgumentException">It does.</exception>
    public static string Checked(string name) => Plain().IsMatch(name)
        ? name
        : throw new ArgumentException($"'{name}' cannot name a table or column here: lower-case letters, digits and '_', 63 at most, no digit first.", nameof(name));

    [GeneratedRegex("^[a-z_][a-z0-9_]{0,62}$", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Plain();
}
