using System.Text.Json.Nodes;
using Streaming.Fixtures;

namespace Streaming.Registry.Tests.Api;

/// <summary>What stands beside a schema: metadata and rules, where they come from, and what is found and judged by them.</summary>
public sealed class DataContractTests : IClassFixture<EmbeddedRegistryFixture>, IDisposable
{
    private const string Owner = """{"properties":{"owner":"orders"}}""";
    private const string Rules = """{"domainRules":[{"name":"r","kind":"CONDITION","mode":"WRITE","type":"CEL","expr":"message.id > 0","disabled":false}]}""";

    private readonly RestCalls _calls;
    private readonly string _subject = SomeNames.Name("subject");
    private readonly string _v1;
    private readonly string _v2;
    private readonly string _breaking;

    public DataContractTests(EmbeddedRegistryFixture registry)
    {
        _calls = new RestCalls(registry.Url);
        var name = $"{SomeNames.Namespace()}.R";
        _v1 = SomeSchemas.Record(name, SomeSchemas.Id);
        _v2 = SomeSchemas.Record(name, SomeSchemas.Id, SomeSchemas.Optional);
        _breaking = SomeSchemas.Record(name, SomeSchemas.Id, SomeSchemas.Required);
    }

    [Fact]
    public async Task Metadata_and_rules_are_kept_and_told_and_make_another_schema()
    {
        var plain = await RegisterAsync(_v1);
        var id = await RegisterAsync(_v1, Owner, Rules);
        id.ShouldNotBe(plain);
        (await RegisterAsync(_v1, Owner, Rules)).ShouldBe(id);

        foreach (var path in new[] { $"/schemas/ids/{id}", $"/subjects/{_subject}/versions/2" })
        {
            var found = (await _calls.GetAsync(path)).Json!;
            JsonNode.DeepEquals(found["metadata"], JsonNode.Parse(Owner)).ShouldBeTrue(found.ToJsonString());
            JsonNode.DeepEquals(found["ruleSet"], JsonNode.Parse(Rules)).ShouldBeTrue(found.ToJsonString());
        }
        (await _calls.GetAsync($"/schemas?subjectPrefix={_subject}&ruleType=CEL")).Json!.AsArray().Count.ShouldBe(1);
        (await _calls.GetAsync($"/schemas?subjectPrefix={_subject}&ruleType=ENCRYPT")).Json!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_schema_without_its_own_keeps_those_of_the_version_before_it()
    {
        await RegisterAsync(_v1, Owner, Rules);
        await RegisterAsync(_v2);
        var latest = (await _calls.GetAsync($"/subjects/{_subject}/versions/latest")).Json!;
        latest["version"]!.GetValue<int>().ShouldBe(2);
        latest["metadata"]!["properties"]!["owner"]!.GetValue<string>().ShouldBe("orders");
        latest["ruleSet"]!["domainRules"]!.AsArray().Count.ShouldBe(1);

        // Sent without them, it is found with them, and is no third version.
        (await _calls.PostSchemaAsync($"/subjects/{_subject}", _v2)).Json!["version"]!.GetValue<int>().ShouldBe(2);
        await RegisterAsync(_v2);
        (await _calls.GetAsync($"/subjects/{_subject}/versions")).ShouldBeJson("[1,2]");
    }

    [Fact]
    public async Task Metadata_alone_make_a_version_of_the_latest_schema()
    {
        await RegisterAsync(_v1);
        (await _calls.PostAsync($"/subjects/{_subject}/versions", $$"""{"metadata":{{Owner}}}""")).Json!["id"]!.GetValue<int>().ShouldBePositive();
        var latest = (await _calls.GetAsync($"/subjects/{_subject}/versions/2")).Json!;
        latest["schema"]!.GetValue<string>().ShouldBe(_v1);
        latest["metadata"]!["properties"]!["owner"]!.GetValue<string>().ShouldBe("orders");
    }

    [Fact]
    public async Task A_configuration_gives_defaults_and_overrides()
    {
        (await _calls.PutAsync($"/config/{_subject}", """
            {"compatibility":"NONE","defaultMetadata":{"properties":{"owner":"nobody","tier":"1"}},"overrideMetadata":{"properties":{"tier":"2"},"tags":{"R.id":["PII"]}}}
            """)).Status.ShouldBe(System.Net.HttpStatusCode.OK);
        await RegisterAsync(_v1);
        await RegisterAsync(_v2, Owner);
        (await _calls.GetAsync($"/subjects/{_subject}/versions/1")).Json!["metadata"]!["properties"]!.ToJsonString().ShouldBe("""{"owner":"nobody","tier":"2"}""");
        (await _calls.GetAsync($"/subjects/{_subject}/versions/2")).Json!["metadata"]!["properties"]!.ToJsonString().ShouldBe("""{"owner":"orders","tier":"2"}""");
        (await _calls.GetAsync($"/subjects/{_subject}/versions/2")).Json!["metadata"]!["tags"]!["R.id"]!.ToJsonString().ShouldBe("""["PII"]""");
        (await _calls.GetAsync($"/config/{_subject}")).Json!["overrideMetadata"]!["properties"]!["tier"]!.GetValue<string>().ShouldBe("2");
    }

    [Fact]
    public async Task The_newest_version_with_given_metadata_is_found()
    {
        await RegisterAsync(_v1, """{"properties":{"major":"1","owner":"a"}}""");
        await RegisterAsync(_v2, """{"properties":{"major":"2","owner":"a"}}""");
        (await _calls.GetAsync($"/subjects/{_subject}/metadata?key=major&value=1")).Json!["version"]!.GetValue<int>().ShouldBe(1);
        (await _calls.GetAsync($"/subjects/{_subject}/metadata?key=owner&value=a")).Json!["version"]!.GetValue<int>().ShouldBe(2);
        (await _calls.GetAsync($"/subjects/{_subject}/metadata?key=owner&key=major&value=a&value=1")).Json!["version"]!.GetValue<int>().ShouldBe(1);
        (await _calls.GetAsync($"/subjects/{_subject}/metadata?key=owner&value=b")).ShouldBeError(40403);
        (await _calls.GetAsync($"/subjects/{_subject}-none/metadata?key=owner&value=a")).ShouldBeError(40401);

        (await _calls.GetAsync($"/subjects/{_subject}/metadata?key=major&value=1")).Json!.AsObject().ContainsKey("guid").ShouldBeFalse();
        (await _calls.SendAsync(HttpMethod.Get, $"/subjects/{_subject}/metadata?key=major&value=1", header: ("Confluent-Accept-Unknown-Properties", "true")))
            .Json!.AsObject().ContainsKey("guid").ShouldBeTrue();
    }

    [Fact]
    public async Task Versions_of_another_group_need_not_go_together()
    {
        await _calls.PutAsync($"/config/{_subject}", """{"compatibility":"BACKWARD","compatibilityGroup":"major"}""");
        await RegisterAsync(_v1, """{"properties":{"major":"1"}}""");
        (await _calls.PostAsync($"/subjects/{_subject}/versions", Body(_breaking, """{"properties":{"major":"1"}}"""))).ShouldBeError(409);
        await RegisterAsync(_breaking, """{"properties":{"major":"2"}}""");
        await RegisterAsync(_v2, """{"properties":{"major":"1"}}""");
        (await _calls.PostAsync($"/compatibility/subjects/{_subject}/versions", Body(_v1, """{"properties":{"major":"1"}}"""))).ShouldBeJson("""{"is_compatible":true}""");
        (await _calls.GetAsync($"/subjects/{_subject}/versions")).ShouldBeJson("[1,2,3]");
    }

    [Theory]
    [InlineData("""{"domainRules":[{"type":"CEL"}]}""")]
    [InlineData("""{"domainRules":[{"name":"r","type":"CEL"},{"name":"r","type":"CEL"}]}""")]
    [InlineData("""{"domainRules":[{"name":"r","type":"CEL","mode":"UPGRADE"}]}""")]
    [InlineData("""{"migrationRules":[{"name":"r","type":"CEL","mode":"WRITE"}]}""")]
    public async Task What_are_no_rules_is_refused(string rules)
    {
        (await _calls.PostAsync($"/subjects/{_subject}/versions", Body(_v1, rules: rules))).ShouldBeError(42210);
        (await _calls.PutAsync($"/config/{_subject}", $$"""{"defaultRuleSet":{{rules}}}""")).ShouldBeError(42210);
    }

    public void Dispose() => _calls.Dispose();

    private async Task<int> RegisterAsync(string schema, string? metadata = null, string? rules = null)
    {
        var answer = await _calls.PostAsync($"/subjects/{_subject}/versions", Body(schema, metadata, rules));
        answer.Status.ShouldBe(System.Net.HttpStatusCode.OK, answer.Text);
        return answer.Json!["id"]!.GetValue<int>();
    }

    private static string Body(string schema, string? metadata = null, string? rules = null) => new JsonObject
    {
        ["schema"] = schema,
        ["metadata"] = metadata is null ? null : JsonNode.Parse(metadata),
        ["ruleSet"] = rules is null ? null : JsonNode.Parse(rules),
    }.ToJsonString();
}
