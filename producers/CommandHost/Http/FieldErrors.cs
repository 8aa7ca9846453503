using Streaming.Domain;

namespace Streaming.CommandHost.Http;

/// <summary>What is wrong with a request, by field; every field is reported at once.</summary>
internal sealed class FieldErrors
{
    private const string InvalidPrefix = "invalid-";

    private readonly SortedDictionary<string, List<string>> _byField = new(StringComparer.Ordinal);

    public bool HasAny => _byField.Count > 0;

    public IReadOnlyDictionary<string, List<string>> ByField => _byField;

    public void Add(string field, string problem)
    {
        if (!_byField.TryGetValue(field, out var problems))
            _byField[field] = problems = [];
        problems.Add(problem);
    }

    /// <summary>Adds a limit that a command breaks.</summary>
    public void Add(Refusal limit) => Add(FieldOf(limit.Code), limit.Reason);

    // Limits name themselves after the field that they are about: invalid-order-id is about orderId.
    private static string FieldOf(string code)
    {
        var words = (code.StartsWith(InvalidPrefix, StringComparison.Ordinal) ? code[InvalidPrefix.Length..] : code).Split('-');
        return words[0] + string.Concat(words.Skip(1).Where(word => word.Length > 0).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
    }
}
