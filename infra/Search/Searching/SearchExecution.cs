using System.Diagnostics;
using System.Text.Json;
using Streaming.Search.Aggregations;
using Streaming.Search.Failures;
using Streaming.Search.Indices;
using Streaming.Search.Queries;
using Streaming.Search.Segments;
using Streaming.Search.Sorting;

namespace Streaming.Search.Searching;

/// <summary>Answers a search over one or several indices, as of their last refresh.</summary>
internal sealed class SearchExecution
{
    private readonly SearchRequest _request;
    private readonly List<Hit> _hits = [];
    private readonly IReadOnlyList<Aggregator> _aggregations;
    private IReadOnlyList<SortClause> _sort = SortClause.ByScore;
    private long _total;
    private float? _scoreMax;

    private SearchExecution(SearchRequest request)
    {
        _request = request;
        _aggregations = request.Aggregations is { } aggregations ? AggregationReader.Read(aggregations) : [];
    }

    private bool IsByScore => _request.Sort is null || _sort.Any(clause => clause.By == SortBy.Score);

    /// <summary>How many documents match.</summary>
    public static long Count(IReadOnlyList<SearchIndex> indices, JsonElement? query)
    {
        var count = 0L;
        foreach (var index in indices)
        {
            using var searcher = index.Upkeep.Acquire();
            var compiled = Compile(index, query);
            var statistics = new Statistics(searcher);
            foreach (var leaf in searcher.Leaves)
                count += Bits.Count(Matches(compiled, leaf, null, statistics));
        }

        return count;
    }

    public static void Run(IReadOnlyList<SearchIndex> indices, SearchRequest request, Utf8JsonWriter json)
    {
        var started = Stopwatch.GetTimestamp();
        foreach (var index in indices)
            Check(request, index.Description.ResultWindowMax);
        var execution = new SearchExecution(request);
        var searchers = new List<Searcher>();
        try
        {
            foreach (var index in indices)
            {
                searchers.Add(index.Upkeep.Acquire());
                execution.Search(index, searchers[^1]);
            }

            execution.Write(json, indices.Count, (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        finally
        {
            searchers.ForEach(searcher => searcher.Dispose());
        }
    }

    private static void Check(SearchRequest request, int windowMax)
    {
        if ((long)request.From + request.Size > windowMax)
        {
            throw SearchFailure.IllegalArgument($"Result window is too large, from + size must be less than or equal to: [{windowMax}] but was [{(long)request.From + request.Size}]. "
                + "See search_after for a more efficient way to request large data sets.");
        }

        if (request.After is not null && request.From > 0)
            throw SearchFailure.IllegalArgument("`from` parameter must be set to 0 when `search_after` is used.");
        if (request.After is not null && request.Sort is null)
            throw SearchFailure.IllegalArgument("Sort must contain at least one field.");
    }

    private static Query Compile(SearchIndex index, JsonElement? query) => query is { } given ? new QueryReader(index.Mapping).Read(given) : new AllQuery();

    private static ulong[] Matches(Query query, Leaf leaf, float[]? scores, Statistics statistics)
    {
        var matches = query.Match(leaf, scores, statistics);
        Bits.Intersect(matches, leaf.Visible);
        return matches;
    }

    private void Search(SearchIndex index, Searcher searcher)
    {
        var mapping = index.Mapping;
        var (query, statistics) = (Compile(index, _request.Query), new Statistics(searcher));
        var sort = _sort = _request.Sort is { } given ? SortReader.Read(given, mapping) : SortClause.ByScore;
        var after = _request.After is { } page ? SortReader.ReadAfter(page, sort) : null;
        var firstDocument = 0;
        foreach (var leaf in searcher.Leaves)
        {
            var scores = IsByScore ? new float[leaf.DocumentCount] : null;
            var matches = Matches(query, leaf, scores, statistics);
            _total += Bits.Count(matches);
            Collect(new LeafPlace(index, leaf, firstDocument), matches, sort, after, scores);
            Aggregate(leaf, mapping, matches);
            firstDocument += leaf.DocumentCount;
        }
    }

    private void Collect(LeafPlace place, ulong[] matches, IReadOnlyList<SortClause> sort, SortValue[]? after, float[]? scores)
    {
        if (_request.Size == 0)
            return;
        var sorts = sort.Select(clause => LeafSort.Open(clause, place.Leaf, place.FirstDocument, scores)).ToArray();
        var first = new FirstHits(_request.From + _request.Size, sorts, after is null ? null : [.. sorts.Select((leafSort, i) => leafSort.KeyOf(after[i]))]);
        foreach (var document in Bits.Walk(matches))
        {
            first.Offer(document);
            if (scores is not null && !(_scoreMax >= scores[document]))
                _scoreMax = scores[document];
        }

        _hits.AddRange(first.Documents.Select(document => new Hit(
            place.Index, place.Leaf.Segment, document, place.FirstDocument + document, scores?[document], [.. sorts.Select(leafSort => leafSort.ValueOf(document))])));
    }

    private void Aggregate(Leaf leaf, Mapping.IndexMapping mapping, ulong[] matches)
    {
        foreach (var aggregator in _aggregations)
        {
            aggregator.Enter(leaf, mapping);
            foreach (var document in Bits.Walk(matches))
                aggregator.Collect(document, 0);
        }
    }

    private int Compare(Hit left, Hit right)
    {
        for (var i = 0; i < _sort.Count; i++)
        {
            var compared = _sort[i].Compare(left.Values[i], right.Values[i]);
            if (compared != 0)
                return compared;
        }

        return left.Place.CompareTo(right.Place);
    }

    private void Write(Utf8JsonWriter json, int indexCount, long tookMs)
    {
        json.WriteStartObject();
        json.WriteNumber("took", tookMs);
        json.WriteBoolean("timed_out", false);
        json.WriteStartObject("_shards");
        json.WriteNumber("total", indexCount);
        json.WriteNumber("successful", indexCount);
        json.WriteNumber("skipped", 0);
        json.WriteNumber("failed", 0);
        json.WriteEndObject();
        WriteHits(json);
        if (_request.Aggregations is not null)
        {
            json.WriteStartObject("aggregations");
            foreach (var aggregator in _aggregations)
            {
                json.WritePropertyName(aggregator.Name);
                aggregator.Write(json, 0);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private void WriteHits(Utf8JsonWriter json)
    {
        json.WriteStartObject("hits");
        if (_request.TrackTotal is { } tracked)
        {
            json.WriteStartObject("total");
            json.WriteNumber("value", Math.Min(_total, tracked));
            json.WriteString("relation", _total > tracked ? "gte" : "eq");
            json.WriteEndObject();
        }

        if (IsByScore && _scoreMax is { } best)
            json.WriteNumber("max_score", best);
        else
            json.WriteNull("max_score");
        json.WriteStartArray("hits");
        // Ties by the order of writing: indices, then segments, then documents. A stable sort keeps the indices apart.
        foreach (var hit in _hits.Order(Comparer<Hit>.Create(Compare)).Skip(_request.From).Take(_request.Size))
            Write(json, hit);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void Write(Utf8JsonWriter json, Hit hit)
    {
        json.WriteStartObject();
        json.WriteString("_index", hit.Index.Name);
        json.WriteString("_id", hit.Segment.IdOf(hit.Document));
        if (_request.WithVersion)
            json.WriteNumber("_version", hit.Segment.Versions[hit.Document]);
        if (_request.WithSequence)
        {
            json.WriteNumber("_seq_no", hit.Segment.Sequences[hit.Document]);
            json.WriteNumber("_primary_term", VersionCheck.PrimaryTerm);
        }

        if (hit.Score is { } score)
            json.WriteNumber("_score", score);
        else
            json.WriteNull("_score");
        if (_request.Source.IsWanted)
        {
            json.WritePropertyName("_source");
            _request.Source.Write(json, hit.Segment.ReadSource(hit.Document));
        }

        if (_request.Sort is not null)
        {
            json.WriteStartArray("sort");
            for (var i = 0; i < _sort.Count; i++)
                _sort[i].Write(json, hit.Values[i]);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private sealed record Hit(SearchIndex Index, Segment Segment, int Document, long Place, float? Score, SortValue[] Values);

    private sealed record LeafPlace(SearchIndex Index, Leaf Leaf, int FirstDocument);
}
