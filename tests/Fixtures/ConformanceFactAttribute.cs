using System.Reflection;
using System.Runtime.CompilerServices;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace Streaming.Fixtures;

/// <summary>
/// A fact of a suite that several classes inherit, one for each implementation it is run against: where a class says
/// <see cref="NeedsAttribute"/>, or another <see cref="RequirementAttribute"/>, and it is not met, its tests are not discovered at all.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer(typeof(ConformanceFactDiscoverer))]
public sealed class ConformanceFactAttribute(
    [CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
    : FactAttribute(sourceFilePath, sourceLineNumber);

/// <summary>Finds the cases of <see cref="ConformanceFactAttribute"/>: none where a requirement is not met.</summary>
public sealed class ConformanceFactDiscoverer : FactDiscoverer
{
    public override ValueTask<IReadOnlyCollection<IXunitTestCase>> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions, IXunitTestMethod testMethod, IFactAttribute factAttribute)
    {
        var needed = testMethod.TestClass.Class.GetCustomAttributes<RequirementAttribute>(inherit: true)
            .Concat(testMethod.Method.GetCustomAttributes<RequirementAttribute>(inherit: true));
        return needed.All(requirement => requirement.IsMet)
            ? base.Discover(discoveryOptions, testMethod, factAttribute)
            : ValueTask.FromResult<IReadOnlyCollection<IXunitTestCase>>([]);
    }
}
