using System.Text;
using System.Text.Json;
using Streaming.Search.Segments;

namespace Streaming.Search.Queries;

/// <summary>Places of a dictionary: terms are ordered as bytes.</summary>
internal static class TermRanges
{
    public static (int First, int End) WithPrefix(DictionaryData dictionary, ReadOnlySpan<byte> prefix)
    {
        var first = From(dictionary, prefix, isIncluded: true);
        var end = first;
        // Terms with the prefix lie together.
        for (var step = 1; step > 0;)
        {
            var next = (long)end + step;
            if (next <= dictionary.TermCount && dictionary.Term((int)next - 1).StartsWith(prefix))
            {
                end = (int)next;
                step *= 2;
            }
            else
            {
                step /= 2;
            }
        }

        return (first, end);
    }

    public static (int First, int End) Between(DictionaryData dictionary, RangeBounds range)
    {
        var first = range.Lower is { } lower ? From(dictionary, Encoding.UTF8.GetBytes(Text(lower)), range.IsLowerIncluded) : 0;
        var end = range.Upper is { } upper ? From(dictionary, Encoding.UTF8.GetBytes(Text(upper)), !range.IsUpperIncluded) : dictionary.TermCount;
        return (first, end);
    }

    private static int From(DictionaryData dictionary, ReadOnlySpan<byte> term, bool isIncluded)
    {
        var found = dictionary.Find(term);
        return found < 0 ? ~found : isIncluded ? found : found + 1;
    }

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
