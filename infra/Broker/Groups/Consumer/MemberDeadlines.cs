namespace Streaming.Broker.Groups.Consumer;

/// <summary>Until when each member must be heard of, and until when it must have given up partitions. Kept in memory only: a restart gives everybody new time.</summary>
internal sealed class MemberDeadlines
{
    private readonly Dictionary<string, TimeSpan> _sessions = [];
    private readonly Dictionary<string, (int Epoch, TimeSpan Until)> _revocations = [];

    /// <summary>The next of all; null when nobody is waited for.</summary>
    public TimeSpan? Earliest => _sessions.Values.Concat(_revocations.Values.Select(revocation => revocation.Until)).Select(until => (TimeSpan?)until).Min();

    public void HeardOf(string memberId, TimeSpan until) => _sessions[memberId] = until;

    /// <summary>The member gives up partitions. Its time began when it was first told so in this epoch.</summary>
    public void Revoking(string memberId, int epoch, TimeSpan until)
    {
        if (!_revocations.TryGetValue(memberId, out var present) || present.Epoch != epoch)
            _revocations[memberId] = (epoch, until);
    }

    public void Revoked(string memberId) => _revocations.Remove(memberId);

    public void Forget(string memberId)
    {
        _sessions.Remove(memberId);
        _revocations.Remove(memberId);
    }

    /// <summary>Who let a deadline pass, each once. They have none any more.</summary>
    public IReadOnlyList<string> TakeLate(TimeSpan now)
    {
        List<string> late =
        [
            .. _sessions.Where(session => session.Value <= now).Select(session => session.Key)
                .Union(_revocations.Where(revocation => revocation.Value.Until <= now).Select(revocation => revocation.Key)),
        ];
        late.ForEach(Forget);
        return late;
    }
}
