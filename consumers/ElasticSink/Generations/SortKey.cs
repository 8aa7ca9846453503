using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Streaming.ElasticSink.Generations;

/// <summary>What a hit was sorted by, in the server's order: texts by their UTF-8 bytes, numbers, what is missing last.</summary>
internal readonly record struct SortKey(IReadOnlyList<object?> Parts, JsonElement Json)
{
    /// <summary>As a comparison shows it: <c>12345@4</c>.</summary>
    public string Text => string.Join('@', Parts.Select(part => part switch
    {
        byte[] text => Encoding.UTF8.GetString(text),
        long number => number.ToString(CultureInfo.InvariantCulture),
        _ => "",
    }));

    public static SortKey Read(JsonElement sort) => new([.. sort.EnumerateArray().Select(Part)], sort);

    public int OrderAgainst(SortKey other)
    {
        for (var i = 0; i < Parts.Count; i++)
        {
            var compared = Compare(Parts[i], other.Parts[i]);
            if (compared != 0)
                return compared;
        }

        return 0;
    }

    private static object? Part(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Encoding.UTF8.GetBytes(value.GetString()!),
        // What a server puts in the place of a missing number is the largest one.
        JsonValueKind.Number => value.GetInt64() is var number && number == long.MaxValue ? null : number,
        _ => null,
    };

    private static int Compare(object? left, object? right) => (left, right) switch
    {
        (null, null) => 0,
        (null, _) => 1,
        (_, null) => -1,
        (byte[] ours, byte[] theirs) => ours.AsSpan().SequenceCompareTo(theirs),
        (long ours, long theirs) => ours.CompareTo(theirs),
        _ => left is long ? -1 : 1,   // Fields of different types: some order that both sides agree on.
    };
}
