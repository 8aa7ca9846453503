namespace Streaming.Architecture.Tests;

/// <summary>The samples for .NET as a user has them: in a folder that knows nothing of this tree, over packages.</summary>
public sealed class DotnetSampleTests : IDisposable
{
    /// <summary>What the samples reference, and what that is built on.</summary>
    private static readonly string[] _packed = ["schemas/Avro", "schemas/Contracts", "schemas/Serdes", "schemas/Hosting", "infra/Broker", "infra/Registry"];

    private readonly DirectoryInfo _outside = Directory.CreateTempSubdirectory("streaming-samples-");

    [Fact]
    [Trait("Run", "soak")]
    public async Task Every_sample_builds_from_packages_and_does_what_it_says()
    {
        using var copy = new TreeCopy("schemas", "infra");
        var version = $"0.1.0-sample.{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}";
        foreach (var project in _packed)
        {
            var packed = await DotnetAsync(copy, "pack", project, "-o", At("feed"), $"-p:Version={version}");
            packed.ShouldNotContain("warning");
        }
        Take(copy);

        (await RunAsync(copy, version, "avro", "AvroSample")).ShouldBe("""
            24 bytes: 064164619bef06021e616461406578616d706c652e636f6d
            decoded the same
            of the first version: Person { Name = Grace, Born = 12/09/1906, Mail =  }
            not backward compatible: READER_FIELD_MISSING_DEFAULT_VALUE at /fields/0

            """);
        (await RunAsync(copy, version, "broker", "BrokerSample")).ShouldBe("""
            greetings [[0]] @0: en = hello
            greetings [[0]] @1: de = hallo

            """);
        (await RunAsync(copy, version, "registry", "RegistrySample")).ShouldBe("""
            registered as id 1
            registered as id 2
            written to people [[0]] @0
            a breaking schema is answered with 409

            """);
    }

    public void Dispose() => _outside.Delete(recursive: true);

    private static async Task<string> DotnetAsync(TreeCopy copy, string verb, params string[] arguments)
    {
        var (code, said) = await copy.RunAsync(
            "dotnet", [verb, .. arguments, "-c", "Release", "-m:1", "-v:q", "-nologo", "-nodeReuse:false", "-p:UseSharedCompilation=false", "-p:RunAnalyzers=false"]);
        code.ShouldBe(0, said);
        return said;
    }

    private void Take(TreeCopy copy)
    {
        var samples = Path.Combine(SourceTree.Read().Root, "samples", "dotnet");
        foreach (var file in Directory.EnumerateFiles(samples, "*", SearchOption.AllDirectories).Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal)))
        {
            var taken = At(Path.GetRelativePath(samples, file));
            Directory.CreateDirectory(Path.GetDirectoryName(taken)!);
            File.Copy(file, taken);
        }
        File.WriteAllText(At("nuget.config"), $"""
            <configuration><packageSources>
              <add key="streaming" value="{At("feed")}" />
              <add key="streaming-local" value="{copy.At(".nuget/feed")}" />
            </packageSources></configuration>
            """);
        Directory.CreateDirectory(copy.At(".nuget/feed"));
    }

    private async Task<string> RunAsync(TreeCopy copy, string version, string folder, string name)
    {
        await DotnetAsync(copy, "build", At($"{folder}/{name}.csproj"), $"-p:StreamingVersion={version}", $"-p:RestorePackagesPath={At("packages")}", $"-p:RestoreFallbackFolders={PackageTests.RestoredPackages(SourceTree.Read().Root)}");
        var (code, said) = await copy.RunAsync("dotnet", At($"{folder}/bin/Release/net10.0/{name}.dll"));
        code.ShouldBe(0, said);
        return said;
    }

    private string At(string path) => Path.Combine(_outside.FullName, path);
}
