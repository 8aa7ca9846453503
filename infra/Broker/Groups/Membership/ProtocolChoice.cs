namespace Streaming.Broker.Groups.Membership;

/// <summary>Which assignment strategy a generation uses: one that all members support, by majority of their first preferences.</summary>
internal static class ProtocolChoice
{
    /// <summary>Ties go to what the earliest member prefers, so that the choice doesn't depend on hash order.</summary>
    /// <exception cref="InvalidOperationException">The members have no protocol in common: joins must have been checked with <see cref="HasCommon"/>.</exception>
    public static string Choose(IReadOnlyCollection<Member> members)
    {
        var common = Common(members);
        var votes = members.Select(member => member.Protocols.First(p => common.Contains(p.Name)).Name).ToList();
        return common.MaxBy(name => votes.Count(vote => vote == name))
            ?? throw new InvalidOperationException("Members without a common protocol were let into one group.");
    }

    /// <summary>Whether somebody who offers these protocols fits beside the members.</summary>
    public static bool HasCommon(IReadOnlyCollection<Member> members, IReadOnlyList<MemberProtocol> offered) =>
        offered.Any(protocol => members.All(member => member.Supports(protocol.Name)));

    private static List<string> Common(IReadOnlyCollection<Member> members) =>
        members.Count == 0
            ? []
            : [.. members.First().Protocols.Select(p => p.Name).Where(name => members.All(member => member.Supports(name)))];
}
