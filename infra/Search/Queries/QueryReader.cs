using System.Text;
using System.Text.Json;
using Streaming.Search.Analysis;
using Streaming.Search.Failures;
using Streaming.Search.Mapping;

namespace Streaming.Search.Queries;

/// <summary>Reads a question as the API has it. What is not served is refused by name.</summary>
internal sealed class QueryReader(IndexMapping mapping)
{
    /// <exception cref="SearchFailure">It is none, or one that is not served.</exception>
    public Query Read(JsonElement query)
    {
        var (name, body) = Single(query, "query");
        return name switch
        {
            "match_all" => WithBoost(new AllQuery(), body),
            "match_none" => new NoneQuery(),
            "term" => Term(body),
            "terms" => Terms(body),
            "match" => Match(body),
            "match_phrase" => Phrase(body),
            "range" => Range(body),
            "prefix" => Prefix(body),
            "exists" => new ExistsQuery([.. mapping.Below(Text(Required(body, "exists", "field")))]),
            "ids" => new IdsQuery([.. Required(body, "ids", "values").EnumerateArray().Select(id => Encoding.UTF8.GetBytes(Text(id)))]),
            "bool" => Bool(body),
            "constant_score" => Constant(body),
            _ => throw SearchFailure.Parsing($"unknown query [{name}]: this search node does not support it"),
        };
    }

    private Query Term(JsonElement body)
    {
        var (path, value, boost) = FieldValue(body, "term", "value");
        return path == "_id" ? new IdsQuery([Encoding.UTF8.GetBytes(Text(value))]) : Exact(path, value, boost);
    }

    private Query Exact(string path, JsonElement value, float boost)
    {
        if (Searchable(path) is not { } field)
            return new NoneQuery();
        return field.Storage == Storage.Numbers
            ? Number(field, value) is { } number ? new NumberRangeQuery(field, number, number) { Boost = boost } : new NoneQuery()
            : new TermQuery(field, Encoding.UTF8.GetBytes(Text(value))) { Boost = boost };
    }

    private Query Terms(JsonElement body)
    {
        var fields = body.EnumerateObject().Where(part => part.Name != "boost").ToList();
        if (fields is not [{ Value.ValueKind: JsonValueKind.Array } only])
            throw SearchFailure.Parsing("[terms] query takes one field with an array of values");
        var boost = body.TryGetProperty("boost", out var given) ? given.GetSingle() : 1;
        if (only.Name == "_id")
            return new IdsQuery([.. only.Value.EnumerateArray().Select(id => Encoding.UTF8.GetBytes(Text(id)))]) { Boost = boost };
        if (Searchable(only.Name) is not { } field)
            return new NoneQuery();
        return field.Storage == Storage.Numbers
            ? new NumbersQuery(field, [.. only.Value.EnumerateArray().Select(value => Number(field, value)).OfType<long>()]) { Boost = boost }
            : new AnyTermQuery(field, [.. only.Value.EnumerateArray().Select(value => Encoding.UTF8.GetBytes(Text(value)))]) { Boost = boost };
    }

    private Query Match(JsonElement body)
    {
        var (path, value, boost) = FieldValue(body, "match", "query", "operator", "minimum_should_match");
        if (Searchable(path) is not { Type: FieldType.Text } field)
            return Exact(path, value, boost);
        var options = body.GetProperty(path);
        var isAnd = options.ValueKind == JsonValueKind.Object && options.TryGetProperty("operator", out var given) && Text(given).ToLowerInvariant() switch
        {
            "and" => true,
            "or" => false,
            var other => throw SearchFailure.Parsing($"[match] operator is and or or, not [{other}]"),
        };
        var minimum = options.ValueKind == JsonValueKind.Object && options.TryGetProperty("minimum_should_match", out var count) ? Whole(count, "minimum_should_match") : 1;
        var words = Words(value).Select(word => (Query)new TermQuery(field, word)).ToList();
        return words switch
        {
            [] => new NoneQuery(),
            _ when isAnd => new BoolQuery(words, [], [], [], 0) { Boost = boost },
            _ => new BoolQuery([], [], words, [], Math.Clamp(minimum, 1, words.Count)) { Boost = boost },
        };
    }

    private Query Phrase(JsonElement body)
    {
        var (path, value, boost) = FieldValue(body, "match_phrase", "query");
        if (Searchable(path) is not { Type: FieldType.Text } field)
            return Exact(path, value, boost);
        return Words(value) switch
        {
            [] => new NoneQuery(),
            [var word] => new TermQuery(field, word) { Boost = boost },
            var words => new PhraseQuery(field, words) { Boost = boost },
        };
    }

    private Query Prefix(JsonElement body)
    {
        var (path, value, boost) = FieldValue(body, "prefix", "value");
        if (Searchable(path) is not { } field)
            return new NoneQuery();
        if (field.Storage == Storage.Numbers)
            throw SearchFailure.IllegalArgument($"Can only use prefix queries on keyword and text fields - not on [{path}] which is of type [{FieldTypes.NameOf(field.Type)}]");
        var prefix = Encoding.UTF8.GetBytes(Text(value));
        return new TermRangeQuery(field, dictionary => TermRanges.WithPrefix(dictionary, prefix)) { Boost = boost };
    }

    private Query Range(JsonElement body)
    {
        var (path, bounds) = Single(body, "range");
        if (bounds.ValueKind != JsonValueKind.Object)
            throw SearchFailure.Parsing("[range] query malformed, no start_object after query name");
        var range = RangeBounds.Read(bounds);
        if (Searchable(path) is not { } field)
            return new NoneQuery();
        if (field.Storage == Storage.Words)
            throw SearchFailure.Unsupported($"a range query on the text field [{path}]");
        if (field.Storage == Storage.Terms)
            return new TermRangeQuery(field, dictionary => TermRanges.Between(dictionary, range)) { Boost = range.Boost };
        var (least, most) = range.ToNumbers(field);
        return new NumberRangeQuery(field, least, most) { Boost = range.Boost };
    }

    private Query Bool(JsonElement body)
    {
        var (must, filter, should, mustNot) = (new List<Query>(), new List<Query>(), new List<Query>(), new List<Query>());
        var (boost, minimum) = (1f, (int?)null);
        foreach (var part in body.EnumerateObject())
        {
            switch (part.Name)
            {
                case "must":
                    AddTo(must, part.Value);
                    break;
                case "filter":
                    AddTo(filter, part.Value);
                    break;
                case "should":
                    AddTo(should, part.Value);
                    break;
                case "must_not":
                    AddTo(mustNot, part.Value);
                    break;
                case "minimum_should_match":
                    minimum = Whole(part.Value, part.Name);
                    break;
                case "boost":
                    boost = part.Value.GetSingle();
                    break;
                default:
                    throw SearchFailure.Parsing($"[bool] query does not support [{part.Name}]");
            }
        }

        var needed = minimum ?? (must.Count + filter.Count == 0 && should.Count > 0 ? 1 : 0);
        if (needed < 0)
            needed = Math.Max(should.Count + needed, 0);
        return needed > should.Count ? new NoneQuery() : new BoolQuery(must, filter, should, mustNot, needed) { Boost = boost };
    }

    private BoolQuery Constant(JsonElement body)
    {
        var filter = Read(Required(body, "constant_score", "filter"));
        return new BoolQuery([WithBoost(new AllQuery(), body)], [filter], [], [], 0);
    }

    private void AddTo(List<Query> queries, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Array)
            queries.AddRange(value.EnumerateArray().Select(Read));
        else
            queries.Add(Read(value));
    }

    private Field? Searchable(string path)
    {
        var field = mapping.Find(path);
        return field is { IsIndexed: false }
            ? throw SearchFailure.IllegalArgument($"Cannot search on field [{path}] since it is not indexed.")
            : field;
    }

    /// <summary>The number to look for; null when no document can have it.</summary>
    private static long? Number(Field field, JsonElement value) => RangeBounds.Number(field, value, isUpper: false, out var isWhole) is var number && isWhole ? number : null;

    private static List<byte[]> Words(JsonElement value)
    {
        var words = new List<byte[]>();
        var walk = new WordWalk(Encoding.UTF8.GetBytes(Text(value)));
        while (walk.MoveNext())
            words.Add(walk.Current.ToArray());
        return words;
    }

    /// <summary><c>{"field": value}</c>, or <c>{"field": {"value": value, "boost": 2}}</c>.</summary>
    private static (string Path, JsonElement Value, float Boost) FieldValue(JsonElement body, string query, string valueName, params string[] others)
    {
        var (path, value) = Single(body, query);
        if (value.ValueKind != JsonValueKind.Object)
            return (path, value, 1);
        var boost = 1f;
        foreach (var part in value.EnumerateObject())
        {
            if (part.Name == "boost")
                boost = part.Value.GetSingle();
            else if (part.Name != valueName && !others.Contains(part.Name))
                throw SearchFailure.Parsing($"[{query}] query does not support [{part.Name}]");
        }

        return (path, Required(value, query, valueName), boost);
    }

    private static (string Name, JsonElement Value) Single(JsonElement body, string what)
    {
        if (body.ValueKind == JsonValueKind.Object)
        {
            var parts = body.EnumerateObject().ToList();
            if (parts is [var only])
                return (only.Name, only.Value);
        }

        throw SearchFailure.Parsing($"[{what}] malformed: an object with one name was expected");
    }

    private static JsonElement Required(JsonElement body, string query, string name) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var value) ? value : throw SearchFailure.Parsing($"[{query}] query needs [{name}]");

    private static Query WithBoost(Query query, JsonElement body)
    {
        if (body.ValueKind == JsonValueKind.Object && body.TryGetProperty("boost", out var boost))
            query.Boost = boost.GetSingle();
        return query;
    }

    private static int Whole(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) ? count : throw SearchFailure.Unsupported($"[{name}] other than a whole number");

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => throw SearchFailure.Parsing($"a text, number or boolean was expected instead of {value.ValueKind}"),
    };
}
