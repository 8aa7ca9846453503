using System.Buffers;

namespace Streaming.Broker.Topics;

/// <summary>What a topic may be called. The name becomes part of a folder's name, so this is also what keeps clients out of other folders.</summary>
internal static class TopicName
{
    private const int LengthMax = 249;
    private static readonly SearchValues<char> Legal = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    /// <summary>Why the name is refused; null when it is fine.</summary>
    public static string? Refusal(string name) => name switch
    {
        "" => "the empty string is not allowed",
        "." or ".." => "'.' or '..' is not allowed",
        { Length: > LengthMax } => $"the length of '{name}' is longer than the max allowed length {LengthMax}",
        _ when name.AsSpan().ContainsAnyExcept(Legal) => $"'{name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'",
        _ => null,
    };
}
