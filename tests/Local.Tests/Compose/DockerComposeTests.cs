using System.Text.Json.Nodes;
using Streaming.Fixtures;

namespace Streaming.Local.Tests.Compose;

/// <summary>No container engine is needed to know that docker-compose.yml is well-formed and names what exists.</summary>
public sealed class DockerComposeTests
{
    // The compose specification's own schema (github.com/compose-spec/compose-spec, October 2021, Apache-2.0).
    private static readonly JsonObject Schema =
        JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Compose", "compose-spec.json")))!.AsObject();

    private static readonly string Root = Repository.Root!;
    private static readonly JsonObject Compose = ComposeFile.Read(Path.Combine(Root, "docker-compose.yml"));

    [Fact]
    public void It_follows_the_compose_specification() => new JsonSchemaCheck(Schema).Violations(Compose).ShouldBeEmpty();

    [Theory]
    [InlineData("""{"services": {"a": {"imagee": "x"}}}""", "/services/a/imagee: unknown")]
    [InlineData("""{"services": {"a": {"ports": "80"}}}""", "/services/a/ports: \"80\" is no \"array\"")]
    [InlineData("""{"services": {"a": {"depends_on": {"b": {"condition": "soon"}}}}}""", "is none of")]
    public void A_mistake_would_be_seen(string wrong, string violation) =>
        string.Join('\n', new JsonSchemaCheck(Schema).Violations(JsonNode.Parse(wrong))).ShouldContain(violation);

    [Fact]
    public void What_it_names_exists()
    {
        var services = Compose["services"]!.AsObject();
        foreach (var (name, service) in services)
        {
            foreach (var (needed, _) in service!["depends_on"]?.AsObject() ?? [])
                services.ContainsKey(needed).ShouldBeTrue($"{name} waits for {needed}");
            foreach (var volume in service["volumes"]?.AsArray() ?? [])
                Compose["volumes"]!.AsObject().ContainsKey(((string)volume!).Split(':')[0]).ShouldBeTrue($"{name} mounts {volume}");
            if (service["build"] is not { } build)
                continue;
            File.Exists(Path.Combine(Root, (string)build["dockerfile"]!)).ShouldBeTrue();
            Directory.GetFiles(Path.Combine(Root, (string)build["args"]!["HOST"]!), "*.csproj").ShouldHaveSingleItem();
        }
    }

    [Fact]
    public void Whoever_listens_for_others_asks_for_a_key_or_a_password()
    {
        foreach (var (name, service) in Compose["services"]!.AsObject())
        {
            if (service!["build"] is not null)
                ((string)service["environment"]!["Host__ApiKey"]!).ShouldStartWith("${API_KEY:?", Case.Sensitive, name);
            foreach (var port in service["ports"]!.AsArray())
                ((string)port!).ShouldStartWith("127.0.0.1:", Case.Sensitive, name);
        }
    }
}
