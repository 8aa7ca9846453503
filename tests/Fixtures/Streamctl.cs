namespace Streaming.Fixtures;

/// <summary>The operator's program as an operator runs it: a process of its own, told by its environment where everything is.</summary>
/// <remarks>Whoever uses it builds <c>infra/Cli</c> first.</remarks>
public sealed class Streamctl(IReadOnlyDictionary<string, string> environment)
{
    /// <summary>Where the build puts it.</summary>
    public static string Assembly => Path.Combine(Path.GetDirectoryName(HostProcess.AssemblyOf("Streaming.Cli"))!, "streamctl.dll");

    /// <summary>Runs it to its end.</summary>
    public Task<ProgramRun> RunAsync(params string[] arguments) => ProgramRun.OfAsync(Assembly, environment, arguments);
}
