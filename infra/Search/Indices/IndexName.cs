using System.Buffers;
using System.Text;
using Streaming.Search.Failures;

namespace Streaming.Search.Indices;

/// <summary>What an index may be called, and patterns of names.</summary>
internal static class IndexName
{
    private const int BytesMax = 255;
    private const string Forbidden = " \"*\\<|,>/?#:";
    private static readonly SearchValues<char> s_forbidden = SearchValues.Create(Forbidden);

    /// <exception cref="SearchFailure">It is no name for an index.</exception>
    public static void Validate(string name)
    {
        var why = name switch
        {
            "" or "." or ".." => "must not be empty, '.' or '..'",
            _ when name[0] is '_' or '-' or '+' => "must not start with '_', '-', or '+'",
            _ when name.AsSpan().IndexOfAny(s_forbidden) >= 0 => $"must not contain the following characters [{string.Join(", ", Forbidden.ToCharArray())}]",
            _ when name.Any(char.IsUpper) => "must be lowercase",
            _ when Encoding.UTF8.GetByteCount(name) > BytesMax => $"index name is too long, ({Encoding.UTF8.GetByteCount(name)} > {BytesMax})",
            _ => null,
        };
        if (why is not null)
            throw new SearchFailure(400, "invalid_index_name_exception", $"Invalid index name [{name}], {why}", name);
    }

    /// <summary><c>*</c> stands for anything.</summary>
    public static bool Matches(string pattern, string name)
    {
        var star = pattern.IndexOf('*');
        if (star < 0)
            return pattern == name;
        if (!name.StartsWith(pattern[..star], StringComparison.Ordinal))
            return false;
        var rest = pattern[(star + 1)..];
        for (var at = star; at <= name.Length; at++)
        {
            if (Matches(rest, name[at..]))
                return true;
        }

        return false;
    }
}
