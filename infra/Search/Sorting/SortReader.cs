using System.Text;
using System.Text.Json;
using Streaming.Search.Documents;
using Streaming.Search.Failures;
using Streaming.Search.Mapping;
using Streaming.Search.Queries;

namespace Streaming.Search.Sorting;

/// <summary>Reads <c>sort</c> and <c>search_after</c>.</summary>
internal static class SortReader
{
    /// <exception cref="SearchFailure">A field that is not there, or that cannot be sorted by.</exception>
    public static IReadOnlyList<SortClause> Read(JsonElement sort, IndexMapping mapping)
    {
        var clauses = sort.ValueKind == JsonValueKind.Array ? sort.EnumerateArray() : (IEnumerable<JsonElement>)[sort];
        return [.. clauses.SelectMany(clause => ReadClause(clause, mapping))];
    }

    public static SortValue[] ReadAfter(JsonElement after, IReadOnlyList<SortClause> clauses)
    {
        if (after.ValueKind != JsonValueKind.Array || after.GetArrayLength() != clauses.Count)
            throw SearchFailure.IllegalArgument($"search_after has {(after.ValueKind == JsonValueKind.Array ? after.GetArrayLength() : 0)} value(s) but sort has {clauses.Count}.");
        return [.. after.EnumerateArray().Select((value, i) => After(value, clauses[i]))];
    }

    private static IEnumerable<SortClause> ReadClause(JsonElement clause, IndexMapping mapping)
    {
        if (clause.ValueKind == JsonValueKind.String)
        {
            yield return Create(clause.GetString()!, null, mapping);
            yield break;
        }

        if (clause.ValueKind != JsonValueKind.Object)
            throw SearchFailure.Parsing("[sort] malformed: a text or an object was expected");
        foreach (var part in clause.EnumerateObject())
            yield return Create(part.Name, part.Value, mapping);
    }

    private static SortClause Create(string name, JsonElement? options, IndexMapping mapping)
    {
        var (isDescending, isMissingFirst, isUnmappedFine) = (name == "_score", false, false);
        if (options is { ValueKind: JsonValueKind.String } order)
            isDescending = IsDescending(order);
        else if (options is { ValueKind: JsonValueKind.Object } given)
        {
            foreach (var option in given.EnumerateObject())
            {
                switch (option.Name)
                {
                    case "order":
                        isDescending = IsDescending(option.Value);
                        break;
                    case "missing" when option.Value.ValueEquals("_first") || option.Value.ValueEquals("_last"):
                        isMissingFirst = option.Value.ValueEquals("_first");
                        break;
                    case "unmapped_type":
                        isUnmappedFine = true;
                        break;
                    default:
                        throw SearchFailure.Unsupported($"[{option.Name}] with the value {option.Value.GetRawText()} in a sort by [{name}]");
                }
            }
        }

        return name switch
        {
            "_score" => new(SortBy.Score, null, isDescending, false),
            "_doc" => new(SortBy.Document, null, isDescending, false),
            "_id" => new(SortBy.Id, null, isDescending, false),
            _ => new(SortBy.Field, FieldOf(name, mapping, isUnmappedFine), isDescending, isMissingFirst),
        };
    }

    private static Field? FieldOf(string name, IndexMapping mapping, bool isUnmappedFine)
    {
        var field = mapping.Find(name);
        if (field is null && !isUnmappedFine)
            throw new SearchFailure(400, "query_shard_exception", $"No mapping found for [{name}] in order to sort on");
        return field is null ? null : DocValues.Require(field);
    }

    private static bool IsDescending(JsonElement order) => order.ToString().ToLowerInvariant() switch
    {
        "desc" => true,
        "asc" => false,
        var other => throw SearchFailure.IllegalArgument($"Unknown SortOrder [{other}]"),
    };

    private static SortValue After(JsonElement value, SortClause clause)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return SortValue.Missing;
        if (clause.By == SortBy.Id || clause.Field?.Type == FieldType.Keyword)
            return new SortValue(0, Encoding.UTF8.GetBytes(value.ToString()), IsMissing: false);
        if (clause.By == SortBy.Field)
            return clause.Field is { } field ? new SortValue(RangeBounds.Number(field, value, isUpper: false, out _), null, IsMissing: false) : SortValue.Missing;
        if (value.ValueKind != JsonValueKind.Number)
            throw SearchFailure.IllegalArgument("Failed to parse search_after value: a number was expected");
        return new SortValue(clause.By == SortBy.Score ? NumberForm.Sortable(value.GetSingle()) : value.GetInt64(), null, IsMissing: false);
    }
}

/// <summary>Which fields can be sorted by and summed up.</summary>
internal static class DocValues
{
    public static Field Require(Field field) => field switch
    {
        { Type: FieldType.Text } => throw SearchFailure.IllegalArgument(
            $"Text fields are not optimised for operations that require per-document field data like aggregations and sorting, so these operations are disabled by default. Please use a keyword field instead of [{field.Path}]."),
        { HasDocValues: false } => throw SearchFailure.IllegalArgument($"Can't load fielddata on [{field.Path}] because fielddata is unsupported on fields of type [{FieldTypes.NameOf(field.Type)}]. Use doc values instead."),
        _ => field,
    };
}
