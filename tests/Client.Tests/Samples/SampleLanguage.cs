using System.ComponentModel;
using System.Diagnostics;

namespace Streaming.Client.Tests.Samples;

/// <summary>A sample in another language, and how it is run.</summary>
/// <param name="Program">What runs it; Debian's Python, because that is where Debian's packages are.</param>
/// <param name="Script">Below the repository's root.</param>
/// <param name="Check">Arguments by which the program tells that its packages are there.</param>
internal sealed record SampleLanguage(string Name, string Program, string Script, string[] Check, string Packages)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly Lazy<bool> _isPresent = new(() => IsPresentHere(Name, Program, Script, Check, Packages));

    public static SampleLanguage Python { get; } = new(
        "Python", "/usr/bin/python3", "samples/python/send_command.py", ["-c", "import confluent_kafka, avro.io"],
        "apt-get install python3-confluent-kafka python3-avro");

    /// <summary>The same, for who reads events.</summary>
    public static SampleLanguage PythonReader { get; } = Python with { Script = "samples/python/read_events.py" };

    public static SampleLanguage Node { get; } = new(
        "Node.js", "node", "samples/node/send-command.js", ["-e", "require('kafkajs'); require('avsc')"], "npm ci in samples/node");

    public bool IsPresent => _isPresent.Value;

    /// <summary>Runs the sample to its end.</summary>
    public Task<Ended> RunAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        RunAsync(Program, Script, environment, [Path.GetFileName(Script), .. arguments]);

    private static bool IsPresentHere(string name, string program, string script, string[] check, string packages)
    {
        try
        {
            if (Repository.Root is not null && RunAsync(program, script, new Dictionary<string, string>(), check).GetAwaiter().GetResult().Code == 0)
                return true;
        }
        catch (Win32Exception)
        {
            // The program itself is absent.
        }

        Console.WriteLine($"absent: what the {name} sample needs ({packages}); its tests are left out.");
        return false;
    }

    private static async Task<Ended> RunAsync(string program, string script, IReadOnlyDictionary<string, string> environment, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Path.GetDirectoryName(Path.Combine(Repository.Root!, script))!,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} could not be started.");
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var late = new CancellationTokenSource(Deadline);
        try
        {
            await process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException cause)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{script} did not end within {Deadline.TotalSeconds} s: {await output}{await errors}", cause);
        }

        return new(process.ExitCode, await output, await errors);
    }
}

/// <summary>How a sample ended.</summary>
internal sealed record Ended(int Code, string Output, string Errors);
