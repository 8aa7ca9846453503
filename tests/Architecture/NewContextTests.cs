using System.Diagnostics;

namespace Streaming.Architecture.Tests;

/// <summary><c>make context</c>, on a copy of the tree: what it writes is whole, builds, and its tests pass.</summary>
public sealed class NewContextTests : IDisposable
{
    private static readonly string[] Copied =
    [
        "schemas", "producers", "infra/templates", "infra/scripts", "tests/Domain.Tests",
        // What its tests over HTTP take to run: a broker, and what the tests of the host share.
        "infra/Broker", "infra/Registry", "infra/Local", "tests/Fixtures", "tests/CommandHost.Tests", "tests/Commands.Tests", "tests/Client.Tests",
    ];

    private readonly SourceTree _tree = SourceTree.Read();
    private readonly DirectoryInfo _copy = Directory.CreateTempSubdirectory("streaming-context-");

    public NewContextTests()
    {
        foreach (var folder in Copied)
            Copy(folder);
        foreach (var file in Directory.EnumerateFiles(_tree.Root).Append(Path.Combine(_tree.Root, "tests", "Directory.Build.props")))
            File.Copy(file, At(Path.GetRelativePath(_tree.Root, file)));
        // Where packages were built or restored into the clone, they are there for the copy, too.
        if (Directory.Exists(Path.Combine(_tree.Root, ".nuget")))
            Directory.CreateSymbolicLink(At(".nuget"), Path.Combine(_tree.Root, ".nuget"));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("9lives", "")]
    [InlineData("Shipping", "")]
    [InlineData("gift-cards", "")]
    [InlineData("inventory", "")]
    [InlineData("http", "")]
    [InlineData("system", "")]
    [InlineData("shipping", "shipping")]
    [InlineData("shipping", "Shipment")]
    [InlineData("shipping", "order")]
    public async Task What_is_no_name_or_is_taken_is_refused_and_nothing_is_written(string name, string aggregate)
    {
        var before = Files();
        var (code, said) = await RunAsync("infra/scripts/context.sh", name, aggregate);
        code.ShouldBe(1, said);
        said.ShouldContain(aggregate.Length > 0 ? $"AGGREGATE is {(aggregate == name ? "the context's own name" : $"'{aggregate}'")}" : $"NAME is '{name}'");
        Files().ShouldBe(before);
    }

    [Fact]
    public async Task A_context_is_written_once_without_a_placeholder_left()
    {
        var before = Files();
        var (code, said) = await RunAsync("infra/scripts/context.sh", "vouchers", "gift-card");
        code.ShouldBe(0, said);
        var written = Files().Except(before).ToList();
        written.Count.ShouldBe(Directory.EnumerateFiles(At("infra/templates/context"), "*", SearchOption.AllDirectories).Count());
        foreach (var file in written)
        {
            said.ShouldContain(file);
            file.ShouldNotContain("__");
            File.ReadAllText(At(file)).ShouldNotContain("__", customMessage: file);
        }

        (await RunAsync("infra/scripts/context.sh", "vouchers", "gift-card")).Code.ShouldBe(1);
    }

    [Fact]
    public async Task A_context_builds_into_the_host_and_its_tests_pass()
    {
        (await RunAsync("infra/scripts/context.sh", "shipping", "shipment")).Code.ShouldBe(0);
        foreach (var tests in new[] { "Domain.Tests", "CommandHost.Tests" })
        {
            await BuildAsync($"tests/{tests}");
            var (code, said) = await RunAsync(
                "dotnet", $"artifacts/bin/Streaming.{tests}/release/Streaming.{tests}.dll", "-noColor", "-namespace", $"Streaming.{tests}.Shipping");
            code.ShouldBe(0, said);
            said.ShouldNotContain("Total: 0,");
        }
    }

    public void Dispose() => _copy.Delete(recursive: true);

    private string At(string path) => Path.Combine(_copy.FullName, path);

    private HashSet<string> Files() => [.. Copied.SelectMany(folder => Directory.EnumerateFiles(At(folder), "*", SearchOption.AllDirectories))
        .Select(file => Path.GetRelativePath(_copy.FullName, file))];

    private void Copy(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(_tree.Root, folder), "*", SearchOption.AllDirectories))
        {
            var copy = At(Path.GetRelativePath(_tree.Root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    // Nothing may be left running: no node and no compiler server that outlives the build.
    private async Task BuildAsync(string project)
    {
        var (code, said) = await RunAsync(
            "dotnet", "build", project, "-c", "Release", "-m:1", "-v:q", "-nologo", "-nodeReuse:false", "-p:UseSharedCompilation=false",
            "-p:RunAnalyzers=false", "-p:GenerateDocumentationFile=false");
        code.ShouldBe(0, said);
    }

    private async Task<(int Code, string Said)> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program.Contains('/') ? At(program) : program, arguments)
        {
            WorkingDirectory = _copy.FullName, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} could not be started.");
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }
}
