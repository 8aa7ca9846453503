using System.Text.Json;
using Streaming.Search.Indices;
using Streaming.Search.Mapping;

namespace Streaming.Search.Aggregations;

/// <summary>Sums up documents, in numbered buckets of whatever is around it; 0 is everything.</summary>
internal abstract class Aggregator(string name)
{
    /// <summary>A bucket that no document is in.</summary>
    public const int Empty = -1;

    public string Name { get; } = name;

    /// <summary>Begins with the documents of a segment.</summary>
    public abstract void Enter(Leaf leaf, IndexMapping mapping);

    public abstract void Collect(int document, int bucket);

    /// <summary>Writes the object that stands behind the name.</summary>
    public abstract void Write(Utf8JsonWriter json, int bucket);

    /// <summary>What buckets around it can be ordered by; null for none.</summary>
    public virtual double? ValueOf(int bucket, string? metric) => null;

    /// <exception cref="Failures.SearchFailure">It cannot be summed up.</exception>
    protected static Field? FieldOf(IndexMapping mapping, string path) => mapping.Find(path) is { } field ? Sorting.DocValues.Require(field) : null;
}
