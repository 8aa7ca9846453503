using System.Collections.Immutable;

namespace Streaming.Domain.Fulfilment;

/// <summary>Steps that are not done, each with the names of its requests that are not answered. Compares by content.</summary>
/// <remarks>
/// A step that was asked for again has several requests, and the first that succeeds makes it done. One whose last request is refused
/// stays open without any: nobody will answer for it any more.
/// </remarks>
public sealed class OpenSteps : IEquatable<OpenSteps>
{
    public static readonly OpenSteps None = new(ImmutableSortedDictionary.Create<string, ImmutableList<string>>(StringComparer.Ordinal));

    private readonly ImmutableSortedDictionary<string, ImmutableList<string>> _requestsByStep;

    private OpenSteps(ImmutableSortedDictionary<string, ImmutableList<string>> requestsByStep) => _requestsByStep = requestsByStep;

    public int Count => _requestsByStep.Count;

    /// <summary>The same as they were when <see cref="RequestsByStep"/> was read.</summary>
    public static OpenSteps Restore(IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> requestsByStep) => new(requestsByStep.Aggregate(
        None._requestsByStep, (restored, step) => restored.SetItem(step.Key, [.. step.Value])));

    /// <summary>In ordinal order, with the requests in the order they were made.</summary>
    public IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> RequestsByStep =>
        _requestsByStep.Select(step => KeyValuePair.Create(step.Key, (IReadOnlyList<string>)step.Value));

    public IEnumerable<string> Steps => _requestsByStep.Keys;

    public bool Has(string step) => _requestsByStep.ContainsKey(step);

    /// <summary>Whether this request was made, is not answered, and its step is not done.</summary>
    public bool IsAwaited(string request) => _requestsByStep.TryGetValue(FulfilmentSteps.StepOf(request), out var requests) && requests.Contains(request);

    /// <summary>Whether another request of the same step is not answered either.</summary>
    public bool HasOtherThan(string request) => _requestsByStep[FulfilmentSteps.StepOf(request)].Count > 1;

    /// <summary>The same with this request.</summary>
    public OpenSteps Ask(string request)
    {
        var step = FulfilmentSteps.StepOf(request);
        return new(_requestsByStep.SetItem(step, (_requestsByStep.GetValueOrDefault(step) ?? []).Add(request)));
    }

    /// <summary>The same without this request; its step stays open.</summary>
    public OpenSteps Answered(string request)
    {
        var step = FulfilmentSteps.StepOf(request);
        return new(_requestsByStep.SetItem(step, _requestsByStep[step].Remove(request)));
    }

    /// <summary>The same without this step and all its requests.</summary>
    public OpenSteps Done(string step) => new(_requestsByStep.Remove(step));

    /// <summary>Only the steps of which this holds.</summary>
    public OpenSteps Where(Func<string, bool> keeps) => Steps.Aggregate(this, (open, step) => keeps(step) ? open : open.Done(step));

    public bool Equals(OpenSteps? other) =>
        other is not null && Count == other.Count
        && _requestsByStep.All(step => other._requestsByStep.TryGetValue(step.Key, out var requests) && requests.SequenceEqual(step.Value));

    public override bool Equals(object? obj) => Equals(obj as OpenSteps);

    public override int GetHashCode() => _requestsByStep.Keys.Aggregate(Count, HashCode.Combine);
}
