namespace Streaming.Architecture.Tests;

/// <summary>Dependencies point one way: schemas ← producers, schemas ← consumers; infra is known to tests and its own hosts only.</summary>
public sealed class DependencyTests
{
    private readonly SourceTree _tree = SourceTree.Read();

    [Theory]
    [InlineData("schemas/Avro")]
    [InlineData("schemas/Contracts")]
    [InlineData("producers/Domain")]
    public void The_core_references_no_package(string folder) => _tree.Of(folder).Packages.ShouldBeEmpty();

    [Fact]
    public void Avro_knows_no_event() => Runtime("schemas/Avro").ShouldBe(["schemas/Avro"]);

    [Fact]
    public void Contracts_know_the_codec_alone() => Runtime("schemas/Contracts").ShouldBe(["schemas/Avro", "schemas/Contracts"], ignoreOrder: true);

    [Fact]
    public void The_domain_knows_contracts_alone() =>
        Runtime("producers/Domain").ShouldBe(["schemas/Avro", "schemas/Contracts", "producers/Domain"], ignoreOrder: true);

    [Fact]
    public void What_a_context_is_does_not_depend_on_who_hosts_it() => Runtime("producers/Contexts").ShouldNotContain("producers/CommandHost");

    [Fact]
    public void Schemas_know_no_other_stage()
    {
        foreach (var project in In("schemas"))
            Runtime(project.Folder).ShouldAllBe(folder => folder.StartsWith("schemas/"), project.Folder);
    }

    [Fact]
    public void Producers_and_consumers_know_neither_each_other_nor_infra()
    {
        foreach (var stage in new[] { "producers", "consumers" })
        {
            foreach (var project in In(stage))
                Runtime(project.Folder).ShouldAllBe(folder => folder.StartsWith(stage + "/") || folder.StartsWith("schemas/"), project.Folder);
        }
    }

    [Fact]
    public void Sinks_do_not_know_each_other()
    {
        foreach (var project in In("consumers"))
            Runtime(project.Folder).Where(folder => folder.StartsWith("consumers/")).ShouldAllBe(folder => folder == project.Folder || IsForSinks(folder), project.Folder);
    }

    [Fact]
    public void What_sinks_are_made_of_knows_no_sink() =>
        Runtime("consumers/Sinks.Sql").Where(folder => folder.StartsWith("consumers/")).ShouldBe(["consumers/Sinks.Sql", "consumers/Sinks"], ignoreOrder: true);

    [Fact]
    public void The_embedded_broker_is_a_Kafka_cluster_like_any_other()
    {
        Runtime("infra/Broker").ShouldBe(["infra/Broker"]);
        // Who starts one: the local stack, and streamctl broker.
        string[] starters = ["infra/Local", "infra/Cli"];
        foreach (var project in _tree.Projects.Where(project => !project.Folder.StartsWith("tests/") && !starters.Contains(project.Folder)))
            project.References.ShouldNotContain("infra/Broker", project.Folder);
    }

    [Fact]
    public void Only_tests_know_tests()
    {
        foreach (var project in _tree.Projects.Where(project => !project.Folder.StartsWith("tests/")))
            project.References.ShouldAllBe(folder => !folder.StartsWith("tests/"), project.Folder);
    }

    // The worker, and what makes a sink for one kind of destination short.
    private static bool IsForSinks(string folder) => folder is "consumers/Sinks" or "consumers/Sinks.Sql" or "consumers/Lake";

    // The generator runs in the compiler and never reaches an output.
    private List<string> Runtime(string folder) => [.. _tree.Reach(folder).Where(reached => reached != "schemas/Avro.Generator")];

    private IEnumerable<Project> In(string stage) => _tree.Projects.Where(project => project.Folder.StartsWith(stage + "/"));
}
