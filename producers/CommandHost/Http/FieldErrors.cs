namespace Streaming.CommandHost.Http;

/// <summary>What is wrong with a request, by field; every field is reported at once.</summary>
internal sealed class FieldErrors
{
    private readonly SortedDictionary<string, List<string>> _byField = new(StringComparer.Ordinal);

    public bool HasAny => _byField.Count > 0;

    public IReadOnlyDictionary<string, List<string>> ByField => _byField;

    public void Add(string field, string problem)
    {
        if (!_byField.TryGetValue(field, out var problems))
            _byField[field] = problems = [];
        problems.Add(problem);
    }
}
