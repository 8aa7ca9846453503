using System.Text.Json;
using Streaming.Search.Documents;
using Streaming.Search.Mapping;

namespace Streaming.Search.Sorting;

internal enum SortBy
{
    Score, Document, Id, Field,
}

/// <summary>One thing that hits are ordered by.</summary>
/// <param name="Field">Null where the index does not have it: every document is without a value then.</param>
internal sealed record SortClause(SortBy By, Field? Field, bool IsDescending, bool IsMissingFirst)
{
    public static IReadOnlyList<SortClause> ByScore { get; } = [new(SortBy.Score, null, IsDescending: true, IsMissingFirst: false)];

    private bool IsText => By == SortBy.Id || Field?.Type == FieldType.Keyword;

    public int Compare(in SortValue left, in SortValue right)
    {
        if (left.IsMissing || right.IsMissing)
            return left.IsMissing == right.IsMissing ? 0 : left.IsMissing == IsMissingFirst ? -1 : 1;
        var compared = left.Text is not null && right.Text is not null ? left.Text.AsSpan().SequenceCompareTo(right.Text) : left.Number.CompareTo(right.Number);
        return IsDescending ? -compared : compared;
    }

    public void Write(Utf8JsonWriter json, in SortValue value)
    {
        if (value.IsMissing)
            json.WriteNullValue();
        else if (IsText)
            json.WriteStringValue(value.Text);
        else if (By == SortBy.Score)
            json.WriteNumberValue((float)NumberForm.FromSortable(value.Number));
        else if (Field is { IsFraction: true })
            json.WriteNumberValue(NumberForm.FromSortable(value.Number));
        else
            json.WriteNumberValue(value.Number);
    }
}

/// <summary>What a hit is ordered by: a text's bytes, or a number in the order of the values.</summary>
internal readonly record struct SortValue(long Number, byte[]? Text, bool IsMissing)
{
    public static SortValue Missing => new(0, null, IsMissing: true);
}
