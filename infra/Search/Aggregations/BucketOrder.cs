using System.Text.Json;
using Streaming.Search.Failures;

namespace Streaming.Search.Aggregations;

/// <summary>What buckets are ordered by: <c>_count</c>, <c>_key</c>, or a metric within them such as <c>total</c> or <c>amounts.sum</c>.</summary>
internal sealed record BucketOrder(string By, bool IsDescending)
{
    public static BucketOrder ByCount { get; } = new("_count", IsDescending: true);
    public static BucketOrder ByKey { get; } = new("_key", IsDescending: false);

    public static BucketOrder Read(JsonElement order, IReadOnlyList<Aggregator> inner)
    {
        if (order.ValueKind == JsonValueKind.Array && order.GetArrayLength() == 1)
            order = order[0];
        if (order.ValueKind != JsonValueKind.Object || order.EnumerateObject().ToList() is not [var only])
            throw SearchFailure.Unsupported("an aggregation's [order] by other than one thing");
        var direction = only.Value.ToString();
        if (direction is not ("asc" or "desc"))
            throw SearchFailure.Parsing($"Unknown order direction [{direction}]");
        if (only.Name is not ("_count" or "_key") && inner.All(aggregator => aggregator.Name != only.Name.Split('.')[0]))
            throw SearchFailure.IllegalArgument($"Invalid aggregation order path [{only.Name}]. There is no such aggregation within");
        return new BucketOrder(only.Name, direction == "desc");
    }

    /// <summary>What a metric says of a bucket.</summary>
    public double ValueOf(IReadOnlyList<Aggregator> inner, int bucket)
    {
        var parts = By.Split('.');
        return inner.First(aggregator => aggregator.Name == parts[0]).ValueOf(bucket, parts.Length > 1 ? parts[1] : null) ?? double.NegativeInfinity;
    }
}
