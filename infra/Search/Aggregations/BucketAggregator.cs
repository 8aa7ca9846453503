using System.Text.Json;
using Streaming.Search.Failures;
using Streaming.Search.Indices;
using Streaming.Search.Mapping;
using Streaming.Search.Segments;

namespace Streaming.Search.Aggregations;

/// <summary>Parts documents by a key, and sums up what is in each part.</summary>
internal abstract class BucketAggregator(string name, IReadOnlyList<Aggregator> inner) : Aggregator(name)
{
    /// <summary>As Elasticsearch's <c>search.max_buckets</c>: an answer that nobody can read takes no memory.</summary>
    protected const int BucketsMax = 65_535;

    private readonly Dictionary<(int Around, long Key), int> _numbers = [];
    private readonly Growing<Bucket> _buckets = new();

    protected IReadOnlyList<Aggregator> Inner { get; } = inner;

    public sealed override void Enter(Leaf leaf, IndexMapping mapping)
    {
        Open(leaf, mapping);
        foreach (var aggregator in Inner)
            aggregator.Enter(leaf, mapping);
    }

    protected abstract void Open(Leaf leaf, IndexMapping mapping);

    protected void Count(int document, int around, long key)
    {
        if (!_numbers.TryGetValue((around, key), out var number))
        {
            number = _buckets.Count;
            _numbers.Add((around, key), number);
            _buckets.Add(new Bucket(around, key, number, 0));
        }

        _buckets[number] = _buckets[number] with { Count = _buckets[number].Count + 1 };
        foreach (var aggregator in Inner)
            aggregator.Collect(document, number);
    }

    protected List<Bucket> In(int around)
    {
        var found = new List<Bucket>();
        foreach (var bucket in _buckets.Items)
        {
            if (bucket.Around == around)
                found.Add(bucket);
        }

        return found;
    }

    protected void WriteInner(Utf8JsonWriter json, in Bucket bucket)
    {
        json.WriteNumber("doc_count", bucket.Count);
        foreach (var aggregator in Inner)
        {
            json.WritePropertyName(aggregator.Name);
            aggregator.Write(json, bucket.Number);
        }
    }

    protected static SearchFailure TooMany() => new(
        503, "too_many_buckets_exception", $"Trying to create too many buckets. Must be less than or equal to: [{BucketsMax}]");

    /// <param name="Around">The bucket that it lies in.</param>
    protected readonly record struct Bucket(int Around, long Key, int Number, long Count);
}
