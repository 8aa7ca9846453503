namespace Streaming.Architecture.Tests;

/// <summary>The path tells what a project is, and the solution holds every project.</summary>
public sealed class TreeTests
{
    private readonly SourceTree _tree = SourceTree.Read();

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(_tree.Root, "Streaming.sln")).Replace('\\', '/');
        foreach (var project in _tree.Projects.Where(project => File.Exists(Path.Combine(_tree.Root, project.Folder, project.Name + ".csproj"))))
            solution.ShouldContain($"{project.Folder}/{project.Name}.csproj");
    }

    [Fact]
    public void A_project_is_named_after_its_folder()
    {
        foreach (var project in _tree.Projects.Where(project => !project.Folder.StartsWith("tests/")))
            project.Name.ShouldBe("Streaming." + project.Folder[(project.Folder.IndexOf('/') + 1)..].Replace('/', '.'));
    }

    [Fact]
    public void Versions_are_central()
    {
        foreach (var project in _tree.Projects)
            File.ReadAllText(Path.Combine(_tree.Root, project.Folder, project.Name + ".csproj")).ShouldNotContain("Version=\"", customMessage: project.Folder);
    }
}
