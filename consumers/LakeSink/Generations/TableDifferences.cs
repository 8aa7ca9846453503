using Streaming.Contracts.Control;

namespace Streaming.LakeSink.Generations;

/// <summary>How many rows of a table differ, by how, and the first of them in full.</summary>
internal sealed class TableDifferences(int examplesMax)
{
    private const int TextMax = 400;

    private readonly Dictionary<DifferenceKind, long> _counts = [];
    private readonly Dictionary<RowKey, DifferenceKind> _kinds = [];
    private readonly Dictionary<RowKey, List<Dictionary<string, string>>> _left = [];
    private readonly Dictionary<RowKey, List<Dictionary<string, string>>> _right = [];

    public IReadOnlyDictionary<DifferenceKind, long> Counts => _counts;

    /// <summary>Those whose rows are to be shown, in their order.</summary>
    public List<RowKey> ExampleKeys { get; } = [];

    public void Add(RowPairs rows)
    {
        foreach (var (key, kind) in rows.Differing)
        {
            _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
            if (ExampleKeys.Count >= examplesMax)
                continue;
            ExampleKeys.Add(key);
            _kinds[key] = kind;
        }
    }

    public void ShowLeft(ScannedRow row) => Show(row, _left);

    public void ShowRight(ScannedRow row) => Show(row, _right);

    public IReadOnlyList<EntryDifference> Examples() => [.. ExampleKeys.Select(Example)];

    private void Show(ScannedRow row, Dictionary<RowKey, List<Dictionary<string, string>>> side)
    {
        var key = new RowKey(row.Place, row.Offset);
        if (!_kinds.ContainsKey(key))
            return;
        if (!side.TryGetValue(key, out var rows))
            side[key] = rows = [];
        rows.Add(row.Group.Text(row.Index));
    }

    private EntryDifference Example(RowKey key)
    {
        var (left, right) = (_left.GetValueOrDefault(key, []), _right.GetValueOrDefault(key, []));
        // Of a row that both have, only what differs is worth reading.
        var columns = _kinds[key] == DifferenceKind.Changed && left is [var ours] && right is [var theirs]
            ? ours.Keys.Where(column => ours[column] != theirs[column]).ToHashSet()
            : null;
        return new(key.ToString(), _kinds[key], Text(left, columns), Text(right, columns));
    }

    private static string? Text(List<Dictionary<string, string>> rows, HashSet<string>? columns)
    {
        if (rows.Count == 0)
            return null;
        var text = string.Join(", ", rows[0].Where(cell => columns is null || columns.Contains(cell.Key)).Select(cell => $"{cell.Key}: {cell.Value}"));
        text = rows.Count > 1 ? $"{rows.Count} times {text}" : text;
        return text.Length > TextMax ? text[..TextMax] + "…" : text;
    }
}
