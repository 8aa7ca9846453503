using System.Text.RegularExpressions;
using Streaming.Broker.Topics;

namespace Streaming.Broker.Groups.Consumer;

/// <summary>A regular expression over whole topic names, as consumers send it (RE2 syntax).</summary>
/// <remarks>
/// .NET's engine without backtracking takes time linear in the name, as RE2 does, and refuses what RE2 refuses (look-around, back references) and what would become too
/// large: no limit of time is needed, which on a busy machine would take a group's topics away. Of RE2's syntax that
/// .NET writes otherwise, named groups are rewritten; POSIX classes ([[:alpha:]]) and \C are not known, and refused or read otherwise.
/// Source: KIP-848 (SubscribedTopicRegex); RE2 syntax.
/// </remarks>
internal sealed class TopicPattern
{
    /// <summary>Long enough for a few hundred names; what is longer costs memory for nothing.</summary>
    private const int LengthMax = 32_768;

    private readonly Regex _regex;

    private TopicPattern(Regex regex) => _regex = regex;

    /// <returns>Null for what is no such expression; <paramref name="reason"/> then says why.</returns>
    public static TopicPattern? Parse(string pattern, out string reason)
    {
        reason = "";
        if (pattern.Length > LengthMax)
        {
            reason = $"it is longer than {LengthMax} characters";
            return null;
        }

        try
        {
            var rewritten = pattern.Replace("(?P<", "(?<", StringComparison.Ordinal);
            const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;
            // Alone first: "a)|(b" must not become an expression by what is put around it.
            _ = new Regex(rewritten, Options);
            return new TopicPattern(new Regex($@"\A(?:{rewritten})\z", Options));
        }
        catch (Exception cause) when (cause is ArgumentException or NotSupportedException)
        {
            reason = cause.Message.TrimEnd('.');
            return null;
        }
    }

    /// <summary>The topics whose whole name matches.</summary>
    public IReadOnlyList<TopicShape> Among(IEnumerable<TopicShape> topics) => [.. topics.Where(topic => _regex.IsMatch(topic.Name))];
}
