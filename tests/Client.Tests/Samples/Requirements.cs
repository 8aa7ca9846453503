namespace Streaming.Client.Tests.Samples;

/// <summary>The test runs the Python sample.</summary>
internal sealed class NeedsPythonAttribute : RequirementAttribute
{
    public override bool IsMet => SampleLanguage.Python.IsPresent;
}

/// <summary>The test runs the Node.js sample.</summary>
internal sealed class NeedsNodeAttribute : RequirementAttribute
{
    public override bool IsMet => SampleLanguage.Node.IsPresent;
}
