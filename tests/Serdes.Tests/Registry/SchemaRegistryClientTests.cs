using System.Net;
using System.Text;
using Streaming.Serdes.Registry;
using static Streaming.Serdes.Tests.Registry.ScriptedHandler;

namespace Streaming.Serdes.Tests.Registry;

/// <summary>The client's own behaviour; what it makes of a registry's answers is proved against registries, in Registry.Tests.</summary>
public sealed class SchemaRegistryClientTests
{
    private readonly SchemaRegistryOptions _options = new() { Url = "http://registry.test/base/", RetryBackoff = TimeSpan.Zero };

    [Fact]
    public async Task What_never_changes_is_asked_once()
    {
        var handler = new ScriptedHandler(Ok("""{"schema":"\"int\""}"""), Ok("""{"id":7}"""));
        using var client = new SchemaRegistryClient(_options, handler);
        for (var i = 0; i < 3; i++)
        {
            (await client.GetSchemaAsync(7)).ShouldBe("\"int\"");
            client.GetSchema(7).ShouldBe("\"int\"");
            (await client.RegisterAsync("s", "\"int\"")).ShouldBe(7);
            client.FindId("s", "\"int\"").ShouldBe(7);
        }
        handler.Requests.Count.ShouldBe(2);
        handler.Requests[0].RequestUri!.AbsoluteUri.ShouldBe("http://registry.test/base/schemas/ids/7");
    }

    [Fact]
    public void The_memory_is_bounded()
    {
        var handler = new ScriptedHandler(Ok("""{"schema":"\"int\""}"""));
        _options.CachedSchemasMax = 10;
        using var client = new SchemaRegistryClient(_options, handler);
        for (var round = 0; round < 2; round++)
        {
            for (var id = 0; id < 100; id++)
                client.GetSchema(id);
        }
        handler.Requests.Count.ShouldBeGreaterThan(180);
    }

    [Fact]
    public async Task A_server_error_and_a_failed_connection_are_tried_again()
    {
        var handler = new ScriptedHandler(Answer(HttpStatusCode.ServiceUnavailable, ""), Refused(), Answer(HttpStatusCode.InternalServerError, """{"error_code":50001,"message":"x"}"""), Ok("""{"id":7}"""));
        using var client = new SchemaRegistryClient(_options, handler);
        (await client.RegisterAsync("s", "\"int\"")).ShouldBe(7);
        handler.Requests.Count.ShouldBe(4);
    }

    [Fact]
    public void Retries_end()
    {
        var handler = new ScriptedHandler(Answer(HttpStatusCode.InternalServerError, """{"error_code":50001,"message":"no disk"}"""));
        using var client = new SchemaRegistryClient(_options, handler);
        var failure = Should.Throw<RegistryUnavailableException>(() => client.GetSchema(7));
        handler.Requests.Count.ShouldBe(4);
        (failure.ErrorCode, failure.Status).ShouldBe((50001, HttpStatusCode.InternalServerError));
        failure.Message.ShouldContain("no disk");
    }

    [Theory]
    [InlineData(404, """{"error_code":40401,"message":"Subject 's' not found."}""", typeof(SchemaNotRegisteredException), 40401)]
    [InlineData(404, """{"error_code":40403,"message":"Schema not found"}""", typeof(SchemaNotRegisteredException), 40403)]
    [InlineData(409, """{"error_code":409,"message":"incompatible"}""", typeof(IncompatibleSchemaException), 409)]
    [InlineData(422, """{"error_code":42201,"message":"Invalid schema"}""", typeof(SchemaRefusedException), 42201)]
    [InlineData(422, """{"error_code":42205,"message":"read-only"}""", typeof(RegistryException), 42205)]
    [InlineData(401, "Unauthorized", typeof(RegistryAccessDeniedException), 0)]
    [InlineData(403, "<html>no</html>", typeof(RegistryAccessDeniedException), 0)]
    [InlineData(400, "[1,2]", typeof(RegistryException), 0)]
    public async Task Refusals_are_told_apart_and_not_tried_again(int status, string body, Type type, int code)
    {
        var handler = new ScriptedHandler(Answer((HttpStatusCode)status, body));
        using var client = new SchemaRegistryClient(_options, handler);
        var refused = (RegistryException)await Should.ThrowAsync(async () => await client.RegisterAsync("s", "\"int\""), type);
        refused.ErrorCode.ShouldBe(code);
        refused.Message.ShouldContain("http://registry.test/base refused registering a schema under s");
        handler.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("<html>welcome</html>")]
    [InlineData("null")]
    [InlineData("[]")]
    public void What_is_no_registry_is_recognised(string body)
    {
        using var client = new SchemaRegistryClient(_options, new ScriptedHandler(Ok(body)));
        Should.Throw<RegistryException>(() => client.GetSchema(7)).Message.ShouldContain("is it a schema registry?");
    }

    [Fact]
    public void A_schema_of_another_kind_is_refused()
    {
        using var client = new SchemaRegistryClient(_options, new ScriptedHandler(Ok("""{"schema":"syntax = \"proto3\";","schemaType":"PROTOBUF"}""")));
        Should.Throw<RegistryException>(() => client.GetSchema(7)).Message.ShouldContain("PROTOBUF, not Avro");
    }

    [Fact]
    public async Task Credentials_media_type_and_subject_are_sent_as_the_API_wants_them()
    {
        (_options.UserName, _options.Password) = ("me", "sécret");
        string? sent = null;
        var handler = new ScriptedHandler(request =>
        {
            sent = request.Content!.ReadAsStringAsync().GetAwaiter().GetResult();
            return Ok("""{"id":7}""")(request);
        });
        using var client = new SchemaRegistryClient(_options, handler);
        await client.RegisterAsync("a/b c", "\"int\"");
        var request = handler.Requests.ShouldHaveSingleItem();
        request.RequestUri!.AbsoluteUri.ShouldBe("http://registry.test/base/subjects/a%2Fb%20c/versions");
        request.Headers.Authorization!.ToString().ShouldBe($"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("me:sécret"))}");
        request.Content!.Headers.ContentType!.MediaType.ShouldBe("application/vnd.schemaregistry.v1+json");
        sent.ShouldBe("""{"schema":"\u0022int\u0022"}""");
    }

    [Fact]
    public async Task A_registry_that_does_not_answer_is_given_up()
    {
        using var silent = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var options = new SchemaRegistryOptions { Url = $"http://{silent.LocalEndpoint}", RequestTimeout = TimeSpan.FromMilliseconds(200), RetriesMax = 0 };
        using var client = new SchemaRegistryClient(options);
        (await Should.ThrowAsync<RegistryUnavailableException>(async () => await client.GetSchemaAsync(1))).Message.ShouldContain("no answer within 0.2 s");
        Should.Throw<RegistryUnavailableException>(() => client.GetSchema(1)).Message.ShouldContain("no answer within 0.2 s");
    }

    [Fact]
    public async Task Cancelling_is_no_failure_of_the_registry()
    {
        using var client = new SchemaRegistryClient(_options, new ScriptedHandler(Refused()));
        await Should.ThrowAsync<OperationCanceledException>(async () => await client.GetSchemaAsync(1, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void An_address_that_is_none_is_refused_at_once() =>
        Should.Throw<ArgumentException>(() => new SchemaRegistryClient("registry:8081")).Message.ShouldContain("http://127.0.0.1:8081");
}
