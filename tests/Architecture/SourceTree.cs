using System.Xml.Linq;

namespace Streaming.Architecture.Tests;

/// <summary>The repository's projects as their files describe them.</summary>
internal sealed class SourceTree
{
    private SourceTree(string root, IReadOnlyList<Project> projects) => (Root, Projects) = (root, projects);

    public string Root { get; }

    /// <summary>Every project outside artifacts, by its path below the root, such as <c>schemas/Avro</c>.</summary>
    public IReadOnlyList<Project> Projects { get; }

    public static SourceTree Read()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Streaming.sln")))
            root = root.Parent;
        if (root is null)
            throw new DirectoryNotFoundException($"No Streaming.sln above {AppContext.BaseDirectory}.");

        string[] stages = ["schemas", "producers", "consumers", "infra", "tests"];
        var projects = stages
            .SelectMany(stage => Directory.EnumerateFiles(Path.Combine(root.FullName, stage), "*.csproj", SearchOption.AllDirectories))
            .Select(file => Project.Read(root.FullName, file))
            // Probes and packs the native library before there is a solution to build.
            .Where(project => project.Folder != "infra/librdkafka")
            // Written out by make consumer, which gives them their names.
            .Where(project => !project.Folder.StartsWith("infra/templates/"))
            .OrderBy(project => project.Folder, StringComparer.Ordinal)
            .ToList();
        return new SourceTree(root.FullName, projects);
    }

    /// <summary>The project, and every project it reaches through references.</summary>
    public IReadOnlySet<string> Reach(string folder)
    {
        var reached = new HashSet<string>();
        var open = new Stack<string>([folder]);
        while (open.TryPop(out var next))
        {
            if (reached.Add(next))
                Of(next).References.ToList().ForEach(open.Push);
        }

        return reached;
    }

    public Project Of(string folder) => Projects.Single(project => project.Folder == folder);
}

/// <param name="Folder">Below the root, with '/'.</param>
/// <param name="References">Folders of the referenced projects.</param>
/// <param name="Packages">Packages that reach the output; analysers and build-only ones are left out.</param>
internal sealed record Project(string Folder, string Name, IReadOnlyList<string> References, IReadOnlyList<string> Packages)
{
    public static Project Read(string root, string file)
    {
        var folder = Path.GetDirectoryName(file)!;
        var items = XDocument.Load(file).Descendants().ToList();
        return new Project(
            Below(root, folder),
            Path.GetFileNameWithoutExtension(file),
            [.. items.Where(item => item.Name.LocalName == "ProjectReference")
                .Select(item => Below(root, Path.GetDirectoryName(Path.GetFullPath(Path.Combine(folder, item.Attribute("Include")!.Value.Replace('\\', '/'))))!))],
            [.. items.Where(item => item.Name.LocalName == "PackageReference" && item.Attribute("PrivateAssets")?.Value != "all")
                .Select(item => item.Attribute("Include")?.Value).OfType<string>()]);
    }

    private static string Below(string root, string folder) => Path.GetRelativePath(root, folder).Replace('\\', '/');
}
