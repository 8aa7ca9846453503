namespace Streaming.Search.Sorting;

/// <summary>Keeps the first so many documents of a segment: a heap whose root is the last of them.</summary>
internal sealed class FirstHits(int countMax, LeafSort[] sorts, long[]? after)
{
    private readonly List<(long[] Keys, int Document)> _heap = [];
    private readonly long[] _keys = new long[sorts.Length];

    public IEnumerable<int> Documents => _heap.Select(hit => hit.Document);

    public void Offer(int document)
    {
        for (var i = 0; i < sorts.Length; i++)
            _keys[i] = sorts[i].KeyOf(document);
        if ((after is not null && Compare(_keys, after) <= 0) || countMax == 0)
            return;
        if (_heap.Count < countMax)
        {
            _heap.Add((_keys.AsSpan().ToArray(), document));
            Raise(_heap.Count - 1);
        }
        else if (Compare(_keys, _heap[0].Keys) < 0)
        {
            // Documents come in rising order: an equal one is later, and stays out.
            _keys.CopyTo(_heap[0].Keys, 0);
            _heap[0] = (_heap[0].Keys, document);
            Sink();
        }
    }

    private void Raise(int at)
    {
        while (at > 0 && IsLater(_heap[at], _heap[(at - 1) / 2]))
        {
            (_heap[at], _heap[(at - 1) / 2]) = (_heap[(at - 1) / 2], _heap[at]);
            at = (at - 1) / 2;
        }
    }

    private void Sink()
    {
        for (var at = 0; ;)
        {
            var latest = at;
            for (var child = (2 * at) + 1; child <= (2 * at) + 2 && child < _heap.Count; child++)
            {
                if (IsLater(_heap[child], _heap[latest]))
                    latest = child;
            }

            if (latest == at)
                return;
            (_heap[at], _heap[latest]) = (_heap[latest], _heap[at]);
            at = latest;
        }
    }

    private static bool IsLater((long[] Keys, int Document) left, (long[] Keys, int Document) right)
    {
        var compared = Compare(left.Keys, right.Keys);
        return compared > 0 || (compared == 0 && left.Document > right.Document);
    }

    private static int Compare(long[] left, long[] right) => left.AsSpan().SequenceCompareTo(right);
}
