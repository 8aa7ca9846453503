using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Streaming.Architecture.Tests;

/// <summary>What <c>make pack</c> makes is all that a consumer in a repository of its own needs.</summary>
public sealed partial class PackageTests : IDisposable
{
    private readonly string _root = SourceTree.Read().Root;
    private readonly DirectoryInfo _outside = Directory.CreateTempSubdirectory("streaming-outside-");

    [Fact]
    public void Every_package_has_its_page_and_its_description_and_references_only_packages()
    {
        var packed = Packed();
        packed.Count.ShouldBeGreaterThan(3);
        foreach (var folder in packed)
        {
            File.Exists(Path.Combine(_root, folder, "README.md")).ShouldBeTrue(folder);
            var project = XDocument.Load(ProjectOf(folder));
            project.Descendants("IsPackable").Single().Value.ShouldBe("true", folder);
            project.Descendants("Description").Single().Value.ShouldEndWith(".", customMessage: folder);
            foreach (var reference in project.Descendants("ProjectReference").Where(reference => reference.Attribute("ReferenceOutputAssembly")?.Value != "false"))
            {
                var referenced = Path.GetDirectoryName(Path.GetFullPath(Path.Combine(_root, folder, reference.Attribute("Include")!.Value)))!;
                packed.ShouldContain(Path.GetRelativePath(_root, referenced), folder);
            }
        }
    }

    [Fact]
    [Trait("Run", "soak")]
    public async Task A_consumer_of_packages_alone_builds_and_passes_its_test_outside_the_tree()
    {
        using var copy = new TreeCopy("schemas", "consumers", "infra");
        var version = $"0.1.0-outside.{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}";
        var (code, said) = await copy.RunAsync("infra/scripts/pack.sh", version);
        code.ShouldBe(0, said);

        WriteProjects(copy, version);
        (code, said) = await copy.RunAsync("dotnet", [
            "build", At("tests/Parcels.Tests.csproj"), "-c", "Release", "-m:1", "-v:q", "-nologo", "-nodeReuse:false", "-p:UseSharedCompilation=false",
            $"-p:RestorePackagesPath={At("packages")}", $"-p:RestoreFallbackFolders={RestoredPackages(_root)}"]);
        code.ShouldBe(0, said);
        (code, said) = await copy.RunAsync("dotnet", At("tests/bin/Release/net10.0/Parcels.Tests.dll"), "-noColor");
        code.ShouldBe(0, said);
        said.ShouldContain("Total: 2,");
    }

    public void Dispose() => _outside.Delete(recursive: true);

    private string At(string path) => Path.Combine(_outside.FullName, path);

    private string ProjectOf(string folder) => Directory.EnumerateFiles(Path.Combine(_root, folder), "*.csproj").Single();

    private List<string> Packed() =>
        [.. Folders().Matches(File.ReadAllText(Path.Combine(_root, "infra/scripts/pack.sh"))).Select(match => match.Value)];

    /// <summary>What this machine has restored already, so that no source has to be reached for it.</summary>
    internal static string RestoredPackages(string root) => Path.Combine(root, ".nuget", "packages") is var own && Directory.Exists(own)
        ? own
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>The template's own code and test, in projects that know nothing of this tree.</summary>
    private void WriteProjects(TreeCopy copy, string version)
    {
        Write("nuget.config", $"""
            <configuration><packageSources>
              <add key="streaming" value="{copy.At("artifacts/packages")}" />
              <add key="streaming-local" value="{Path.Combine(_root, ".nuget", "feed")}" />
            </packageSources></configuration>
            """);
        Write("src/Parcels.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk.Web">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><Nullable>enable</Nullable><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
              <ItemGroup><PackageReference Include="Streaming.Sinks.Sql" Version="{version}" /><InternalsVisibleTo Include="Parcels.Tests" /></ItemGroup>
            </Project>
            """);
        Write("tests/Parcels.Tests.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework><Nullable>enable</Nullable><ImplicitUsings>enable</ImplicitUsings><OutputType>Exe</OutputType>
              </PropertyGroup>
              <ItemGroup>
                <FrameworkReference Include="Microsoft.AspNetCore.App" />
                <ProjectReference Include="../src/Parcels.csproj" />
                <PackageReference Include="xunit.v3" Version="{VersionOf("xunit.v3")}" /><Using Include="Xunit" />
                <PackageReference Include="Shouldly" Version="{VersionOf("Shouldly")}" /><Using Include="Shouldly" />
              </ItemGroup>
            </Project>
            """);
        foreach (var (template, file) in new[]
        {
            ("consumers/__Name__/OrderTable.cs", "src/OrderTable.cs"), ("consumers/__Name__/Program.cs", "src/Program.cs"), ("tests/__Name__.Tests/OrderTableTests.cs", "tests/OrderTableTests.cs"),
        })
            Write(file, File.ReadAllText(copy.At("infra/templates/consumer/" + template)).Replace("__Name__", "Parcels").Replace("__name__", "parcels"));
    }

    private string VersionOf(string package) => XDocument.Load(Path.Combine(_root, "Directory.Packages.props")).Descendants("PackageVersion")
        .Single(entry => entry.Attribute("Include")!.Value == package).Attribute("Version")!.Value;

    private void Write(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), content);
    }

    [GeneratedRegex("(schemas|consumers|infra)/[A-Z][A-Za-z.]+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Folders();
}
