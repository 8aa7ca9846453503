namespace Streaming.Broker.Groups.Consumer;

/// <summary>Until when each member must be heard of, and until when it must have taken the step it was told to take. Kept in memory only: a restart gives everybody new time.</summary>
internal sealed class MemberDeadlines
{
    private readonly Dictionary<string, TimeSpan> _sessions = [];
    private readonly Dictionary<string, (int Epoch, TimeSpan Until)> _steps = [];

    /// <summary>The next of all; null when nobody is waited for.</summary>
    public TimeSpan? Earliest => _sessions.Values.Concat(_steps.Values.Select(step => step.Until)).Select(until => (TimeSpan?)until).Min();

    public void HeardOf(string memberId, TimeSpan until) => _sessions[memberId] = until;

    /// <summary>The member is to take a step: to give up partitions, or to join or sync again. Its time began when it was first told so in this epoch.</summary>
    public void Awaiting(string memberId, int epoch, TimeSpan until)
    {
        if (!_steps.TryGetValue(memberId, out var present) || present.Epoch != epoch)
            _steps[memberId] = (epoch, until);
    }

    /// <summary>It took the step.</summary>
    public void Done(string memberId) => _steps.Remove(memberId);

    public void Forget(string memberId)
    {
        _sessions.Remove(memberId);
        _steps.Remove(memberId);
    }

    /// <summary>Who let a deadline pass, each once. They have none any more.</summary>
    public IReadOnlyList<string> TakeLate(TimeSpan now)
    {
        List<string> late =
        [
            .. _sessions.Where(session => session.Value <= now).Select(session => session.Key)
                .Union(_steps.Where(step => step.Value.Until <= now).Select(step => step.Key)),
        ];
        late.ForEach(Forget);
        return late;
    }
}
