namespace Streaming.Fixtures;

/// <summary>
/// On a test class or a test: its <see cref="ConformanceFactAttribute"/> tests exist only where this is met. Left out, they are
/// counted neither as passed nor as skipped; who finds it unmet says so in one line, <c>absent: …</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true)]
public abstract class RequirementAttribute : Attribute
{
    public abstract bool IsMet { get; }
}
