namespace Streaming.Search.Segments;

/// <summary>Walks several dictionaries at once, by rising term.</summary>
internal sealed class DictionaryMerge<T>(IReadOnlyList<(T Data, MergeSource Source)> inputs)
    where T : DictionaryData
{
    private readonly int[] _next = new int[inputs.Count];

    /// <summary>Where the present term stands, in the order of the segments.</summary>
    public List<(T Data, MergeSource Source, int Ordinal)> Current { get; } = [];

    public ReadOnlySpan<byte> Term => Current[0].Data.Term(Current[0].Ordinal);

    public bool MoveNext()
    {
        foreach (var (data, _, ordinal) in Current)
            _next[IndexOf(data)] = ordinal + 1;
        Current.Clear();
        for (var i = 0; i < inputs.Count; i++)
        {
            var (data, source) = inputs[i];
            if (_next[i] == data.TermCount)
                continue;
            var compared = Current.Count == 0 ? -1 : data.Term(_next[i]).SequenceCompareTo(Term);
            if (compared < 0)
                Current.Clear();
            if (compared <= 0)
                Current.Add((data, source, _next[i]));
        }

        return Current.Count > 0;
    }

    private int IndexOf(T data)
    {
        for (var i = 0; i < inputs.Count; i++)
        {
            if (ReferenceEquals(inputs[i].Data, data))
                return i;
        }

        throw new InvalidOperationException("A dictionary that takes no part was asked for.");
    }
}
