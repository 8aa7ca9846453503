namespace Streaming.Fixtures;

/// <summary>The operator's program as an operator runs it: a process of its own, told by its environment where everything is.</summary>
/// <remarks>Whoever uses it builds <c>infra/Cli</c> first.</remarks>
public sealed class Streamctl(IReadOnlyDictionary<string, string> environment)
{
    /// <summary>Tests that a shell runs in the background hand down that SIGINT is ignored.</summary>
    private const string HeedsInterrupts = "--default-signal=INT";

    // Where the build puts it.
    private static string Assembly => Path.Combine(Path.GetDirectoryName(HostProcess.AssemblyOf("Streaming.Cli"))!, "streamctl.dll");

    /// <summary>Knows a cluster, as far as sinks are operated through it.</summary>
    /// <param name="prefix">The installation's.</param>
    public static Streamctl On(string bootstrapServers, string prefix) => new(new Dictionary<string, string> { ["KAFKA_BOOTSTRAP"] = bootstrapServers, ["TOPICS_PREFIX"] = prefix });

    /// <summary>Runs it to its end.</summary>
    public Task<ProgramRun> RunAsync(params string[] arguments) => ProgramRun.OfAsync(Assembly, environment, arguments);

    /// <summary>What it prints when all is well.</summary>
    /// <exception cref="InvalidOperationException">It ended otherwise.</exception>
    public async Task<string> DoneAsync(params string[] arguments) => (await EndedAsync(0, arguments)).Output;

    /// <summary>Why it refuses.</summary>
    /// <exception cref="InvalidOperationException">It did not, or ended otherwise.</exception>
    public async Task<string> RefusedAsync(params string[] arguments) => (await EndedAsync(1, arguments)).Error;

    /// <summary>Starts it, to be looked at and interrupted on its way.</summary>
    public RunningProgram Start(params string[] arguments) => RunningProgram.Start("env", [HeedsInterrupts, "dotnet", Assembly, .. arguments], environment);

    /// <summary>The same in a terminal of 100 columns, whose keyboard is <see cref="RunningProgram.TypeAsync"/>.</summary>
    public RunningProgram StartInTerminal(params string[] arguments) => RunningProgram.Start(
        "script", ["-qec", $"stty cols 100 rows 30; exec env {HeedsInterrupts} dotnet {Assembly} {string.Join(' ', arguments)}", "/dev/null"], new Dictionary<string, string>(environment) { ["TERM"] = "xterm-256color" });

    private async Task<ProgramRun> EndedAsync(int exitCode, string[] arguments)
    {
        var run = await RunAsync(arguments);
        return run.ExitCode == exitCode ? run : throw new InvalidOperationException($"streamctl {string.Join(' ', arguments)}: {run}");
    }
}
