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
    public void Every_image_has_a_version()
    {
        foreach (var (name, service) in Compose["services"]!.AsObject().Where(service => service.Value!["build"] is null))
            ((string)service!["image"]!).Split(':')[^1].ShouldMatch(@"^(RELEASE\.)?\d", name);
    }

    /// <summary>A setting that nobody reads is a mistake in its name.</summary>
    [Fact]
    public void Every_setting_of_a_host_is_one_of_its_options()
    {
        var known = new[] { "schemas", "producers", "consumers" }
            .SelectMany(stage => Directory.EnumerateFiles(Path.Combine(Root, stage), "*Options.cs", SearchOption.AllDirectories)).Select(File.ReadAllText).ToList();
        foreach (var (name, service) in Compose["services"]!.AsObject().Where(service => service.Value!["build"] is not null))
        {
            foreach (var (setting, _) in service!["environment"]!.AsObject())
            {
                var (section, option) = setting.Split("__") is [.. var sections, var last] ? (string.Join(':', sections), last) : ("", setting);
                known.ShouldContain(
                    code => code.Contains($"Section = \"{section}\"", StringComparison.Ordinal) && code.Contains($" {option} {{ get; ", StringComparison.Ordinal), $"{name}: {setting}");
            }
        }
    }

    [Fact]
    public void Whoever_listens_for_others_asks_for_a_key_or_a_password()
    {
        foreach (var (name, service) in Compose["services"]!.AsObject())
        {
            if (service!["build"] is not null)
                ((string)service["environment"]!["Host__ApiKey"]!).ShouldStartWith("${API_KEY:?", Case.Sensitive, name);
            foreach (var (variable, value) in service["environment"]!.AsObject().Where(setting => setting.Key.Contains("PASSWORD", StringComparison.Ordinal)))
                ((string)value!).ShouldContain(":?", Case.Sensitive, variable);
            foreach (var port in service["ports"]?.AsArray() ?? [])
                ((string)port!).ShouldStartWith("127.0.0.1:", Case.Sensitive, name);
        }
    }
}
