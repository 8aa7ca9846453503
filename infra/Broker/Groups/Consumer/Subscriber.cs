using System.Collections.Immutable;
using Streaming.Broker.Groups.Membership;

namespace Streaming.Broker.Groups.Consumer;

/// <summary>What a member of the consumer protocol said of itself; it says each thing once, and again when it changes.</summary>
/// <param name="TopicNames">Subscribed topics, in ordinal order, whether or not they exist.</param>
/// <param name="TopicPattern">Regular expression over whole topic names (RE2); empty for none.</param>
/// <param name="RebalanceTimeoutMs">How long it may take to give up partitions.</param>
/// <param name="ServerAssignor">The assignor it asks for; null when any will do.</param>
internal sealed record Subscriber(
    string? InstanceId,
    string? RackId,
    GroupClient Client,
    ImmutableArray<string> TopicNames,
    string TopicPattern,
    int RebalanceTimeoutMs,
    string? ServerAssignor)
{
    /// <summary>Somebody of whom nothing is known yet.</summary>
    public static readonly Subscriber Unknown = new(
        InstanceId: null, RackId: null, new GroupClient("", ""), TopicNames: [], TopicPattern: "", RebalanceTimeoutMs: -1, ServerAssignor: null);

    public bool HasPattern => TopicPattern.Length > 0;

    /// <summary>The same with what the request says anew; the very same when it says nothing new.</summary>
    public Subscriber Updated(ConsumerHeartbeatRequest request, GroupClient client)
    {
        var updated = this with
        {
            InstanceId = request.InstanceId ?? InstanceId,
            RackId = request.RackId ?? RackId,
            Client = client,
            TopicNames = request.TopicNames is { } names ? [.. names.Distinct().Order(StringComparer.Ordinal)] : TopicNames,
            TopicPattern = request.TopicPattern ?? TopicPattern,
            RebalanceTimeoutMs = request.RebalanceTimeoutMs >= 0 ? request.RebalanceTimeoutMs : RebalanceTimeoutMs,
            ServerAssignor = request.ServerAssignor ?? ServerAssignor,
        };
        return updated == this ? this : updated;
    }

    /// <summary>Whether the two want the same topics.</summary>
    public bool WantsTheSame(Subscriber other) =>
        HasTheNamesOf(other) && TopicPattern == other.TopicPattern;

    public bool Equals(Subscriber? other) =>
        other is not null && Rest == other.Rest && HasTheNamesOf(other);

    public override int GetHashCode() => Rest.GetHashCode();

    // An array is equal to itself alone, hence not what the compiler would make of it.
    private (string?, string?, GroupClient, string, int, string?) Rest => (InstanceId, RackId, Client, TopicPattern, RebalanceTimeoutMs, ServerAssignor);

    private bool HasTheNamesOf(Subscriber other) => TopicNames.AsSpan().SequenceEqual(other.TopicNames.AsSpan());
}
