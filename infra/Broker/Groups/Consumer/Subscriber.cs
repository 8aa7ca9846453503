using System.Collections.Immutable;
using Streaming.Broker.Groups.Membership;

namespace Streaming.Broker.Groups.Consumer;

/// <summary>What a member of a group of the consumer protocol said of itself; it says each thing once, and again when it changes.</summary>
/// <param name="TopicNames">Subscribed topics, in ordinal order, whether or not they exist.</param>
/// <param name="TopicPattern">Regular expression over whole topic names (RE2); empty for none.</param>
/// <param name="RebalanceTimeoutMs">How long it may take to give up partitions.</param>
/// <param name="ServerAssignor">The assignor it asks for; null when any will do.</param>
/// <param name="Classic">What it brought along as a member that speaks the classic protocol; null for the others.</param>
internal sealed record Subscriber(
    string? InstanceId,
    string? RackId,
    GroupClient Client,
    ImmutableArray<string> TopicNames,
    string TopicPattern,
    int RebalanceTimeoutMs,
    string? ServerAssignor,
    ClassicMembership? Classic)
{
    /// <summary>Somebody of whom nothing is known yet.</summary>
    public static readonly Subscriber Unknown = new(
        InstanceId: null, RackId: null, new GroupClient("", ""), TopicNames: [], TopicPattern: "", RebalanceTimeoutMs: -1, ServerAssignor: null, Classic: null);

    public bool HasPattern => TopicPattern.Length > 0;

    /// <summary>The same with what the request says anew; the very same when it says nothing new.</summary>
    public Subscriber Updated(ConsumerHeartbeatRequest request, GroupClient client)
    {
        var updated = this with
        {
            InstanceId = request.InstanceId ?? InstanceId,
            RackId = request.RackId ?? RackId,
            Client = client,
            TopicNames = request.TopicNames is { } names ? NamesOf(names) : TopicNames,
            TopicPattern = request.TopicPattern ?? TopicPattern,
            RebalanceTimeoutMs = request.RebalanceTimeoutMs >= 0 ? request.RebalanceTimeoutMs : RebalanceTimeoutMs,
            ServerAssignor = request.ServerAssignor ?? ServerAssignor,
            Classic = null,
        };
        return updated == this ? this : updated;
    }

    /// <summary>The same with what a classic member says anew when it joins: all there is of it.</summary>
    public Subscriber Updated(JoinGroupRequest request, ConsumerSubscription subscription, GroupClient client) => new(
        request.GroupInstanceId ?? InstanceId, subscription.RackId ?? RackId, client, NamesOf(subscription.Topics), TopicPattern: "", request.RebalanceTimeoutMs, ServerAssignor: null,
        new ClassicMembership(request.SessionTimeoutMs, request.Protocols));

    /// <summary>Topic names as a member has them: each once, in ordinal order.</summary>
    public static ImmutableArray<string> NamesOf(IEnumerable<string> names) => [.. names.Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Whether the two want the same topics.</summary>
    public bool WantsTheSame(Subscriber other) =>
        HasTheNamesOf(other) && TopicPattern == other.TopicPattern;

    public bool Equals(Subscriber? other) =>
        other is not null && Rest == other.Rest && HasTheNamesOf(other);

    public override int GetHashCode() => Rest.GetHashCode();

    // An array is equal to itself alone, hence not what the compiler would make of it.
    private (string?, string?, GroupClient, string, int, string?, ClassicMembership?) Rest => (InstanceId, RackId, Client, TopicPattern, RebalanceTimeoutMs, ServerAssignor, Classic);

    private bool HasTheNamesOf(Subscriber other) => TopicNames.AsSpan().SequenceEqual(other.TopicNames.AsSpan());
}
