using System.Text.Json;
using Streaming.Search.Documents;
using Streaming.Search.Failures;
using Streaming.Search.Indices;
using Streaming.Search.Mapping;
using Streaming.Search.Segments;

namespace Streaming.Search.Aggregations;

/// <summary>A bucket for each value of a keyword, number, boolean or date.</summary>
internal sealed class TermsAggregator(string name, string path, int size, int minimumCount, BucketOrder order, IReadOnlyList<Aggregator> inner)
    : BucketAggregator(name, inner)
{
    private readonly TermTable _terms = new();
    private Field? _field;
    private TermsData? _data;
    private NumbersData? _numbers;
    private int[] _known = [];   // By the segment's ordinal: the number in the table + 1.

    public override void Collect(int document, int bucket)
    {
        if (_data is not null)
        {
            foreach (var ordinal in _data.OrdinalsOf(document))
                Count(document, bucket, TermOf(ordinal));
        }
        else if (_numbers is not null)
        {
            var values = _numbers.ValuesOf(document);
            for (var i = 0; i < values.Length; i++)
            {
                if (values[..i].IndexOf(values[i]) < 0)
                    Count(document, bucket, values[i]);
            }
        }
    }

    public override void Write(Utf8JsonWriter json, int bucket)
    {
        var buckets = In(bucket).Where(found => found.Count >= minimumCount).ToList();
        buckets.Sort(Compare);
        json.WriteStartObject();
        json.WriteNumber("doc_count_error_upper_bound", 0);
        json.WriteNumber("sum_other_doc_count", buckets.Skip(size).Sum(found => found.Count));
        json.WriteStartArray("buckets");
        foreach (var found in buckets.Take(size))
        {
            json.WriteStartObject();
            WriteKey(json, found.Key);
            WriteInner(json, found);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    protected override void Open(Leaf leaf, IndexMapping mapping)
    {
        var field = FieldOf(mapping, path);
        if (field is not null && _field is not null && field.Storage != _field.Storage)
            throw SearchFailure.IllegalArgument($"[{path}] is of different types in the indices that are asked");
        _field = field ?? _field;
        _data = field is null ? null : leaf.Segment.Find<TermsData>(field);
        _numbers = field is null ? null : leaf.Segment.Find<NumbersData>(field);
        _known = new int[_data?.TermCount ?? 0];
    }

    private int TermOf(int ordinal)
    {
        ref var known = ref _known[ordinal];
        if (known == 0)
        {
            var term = _data!.Term(ordinal);
            known = _terms.FindOrAdd(term, TermHash.Of(term)) + 1;
        }

        return known - 1;
    }

    private int Compare(Bucket left, Bucket right)
    {
        var compared = order.By switch
        {
            "_key" => CompareKeys(left.Key, right.Key),
            "_count" => left.Count.CompareTo(right.Count),
            _ => order.ValueOf(Inner, left.Number).CompareTo(order.ValueOf(Inner, right.Number)),
        };
        return compared == 0 ? CompareKeys(left.Key, right.Key) : order.IsDescending ? -compared : compared;
    }

    private int CompareKeys(long left, long right) =>
        _field is { Storage: Storage.Terms } ? _terms[(int)left].SequenceCompareTo(_terms[(int)right]) : left.CompareTo(right);

    private void WriteKey(Utf8JsonWriter json, long key)
    {
        switch (_field!.Type)
        {
            case FieldType.Keyword:
                json.WriteString("key", _terms[(int)key]);
                break;
            case FieldType.Boolean:
                json.WriteNumber("key", key);
                json.WriteString("key_as_string", key == 1 ? "true" : "false");
                break;
            case FieldType.Date:
                json.WriteNumber("key", key);
                json.WriteString("key_as_string", DateText.Format(key));
                break;
            default:
                if (_field.IsFraction)
                    json.WriteNumber("key", NumberForm.FromSortable(key));
                else
                    json.WriteNumber("key", key);
                break;
        }
    }
}
