using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Streaming.Hosting.Http;

namespace Streaming.Hosting.Tests.Http;

/// <summary>Who calls: by key, by token, and what the others are told.</summary>
public sealed class CallerTests : IAsyncDisposable
{
    private const string Key = "0123456789abcdef";

    private readonly Issuer _issuer = new();
    private WebApplication? _app;

    [Fact]
    public async Task A_key_has_a_name()
    {
        using var client = await StartAsync(("Host:ApiKeys:billing", Key));
        client.DefaultRequestHeaders.Add("X-Api-Key", Key);
        (await client.GetStringAsync("/who")).ShouldBe("billing/");
    }

    [Fact]
    public async Task A_token_says_who_calls_and_for_whom()
    {
        using var client = await StartWithTokensAsync();
        client.DefaultRequestHeaders.Authorization = new("Bearer", _issuer.Token(tenant: "acme"));
        (await client.GetStringAsync("/who")).ShouldBe("damon/acme");
    }

    [Fact]
    public async Task What_is_wrong_with_a_token_is_told()
    {
        using var client = await StartWithTokensAsync();
        using var stranger = new Issuer();
        (await RefusalAsync(client, _issuer.Token(expiresInSeconds: -300))).ShouldContain("expired");
        (await RefusalAsync(client, _issuer.Token(issuer: "https://other.example"))).ShouldContain(Issuer.Name);
        (await RefusalAsync(client, _issuer.Token(audience: "others"))).ShouldContain(Issuer.Audience);
        (await RefusalAsync(client, _issuer.Token(subject: null))).ShouldContain("sub");
        (await RefusalAsync(client, stranger.Token())).ShouldContain("key");
        (await RefusalAsync(client, "nonsense")).ShouldContain("no JSON Web Token");
        (await RefusalAsync(client, Unsigned(_issuer.Token()))).ShouldContain("signature");
    }

    [Fact]
    public async Task Without_credentials_a_caller_is_told_what_to_send_and_health_stays_open()
    {
        using var client = await StartWithTokensAsync();
        using var refused = await client.GetAsync("/who");
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        refused.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
        (await refused.Content.ReadAsStringAsync()).ShouldContain("Authorization: Bearer");
        (await client.GetAsync("/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync("/metrics")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Tokens_open_other_addresses_than_loopback()
    {
        using var client = await StartWithTokensAsync(("urls", "http://0.0.0.0:0"));
        (await client.GetAsync("/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("Host:Jwt:Issuer", "https://issuer.example", "JwksFile")]
    [InlineData("Host:Jwt:JwksFile", "/nowhere/jwks.json", "Issuer")]
    [InlineData("Host:ApiKeys:billing", "short", "billing")]
    public void Settings_that_would_accept_too_much_are_refused(string name, string value, string told) =>
        Should.Throw<InvalidOperationException>(() => Build((name, value))).Message.ShouldContain(told);

    [Fact]
    public async Task Who_calls_too_often_is_told_when_to_come_back_and_others_are_not_held_up()
    {
        using var client = await StartAsync(
            ("Host:ApiKeys:billing", Key), ("Host:ApiKeys:shop", "fedcba9876543210"), ("Host:RequestsPerSecondMax", "1"), ("Host:RequestsBurstMax", "2"));
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 4; i++)
            answers.Add((await GetAsync(client, Key)).StatusCode);
        answers.ShouldContain(HttpStatusCode.TooManyRequests);
        using var refused = await GetAsync(client, Key);
        refused.Headers.RetryAfter.ShouldNotBeNull().Delta.ShouldBe(TimeSpan.FromSeconds(1));
        refused.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await GetAsync(client, "fedcba9876543210")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync("/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        _issuer.Dispose();
    }

    private static async Task<HttpResponseMessage> GetAsync(HttpClient client, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/who") { Headers = { { "X-Api-Key", key } } };
        return await client.SendAsync(request);
    }

    private static async Task<string> RefusalAsync(HttpClient client, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/who") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var answer = await client.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return problem.RootElement.GetProperty("detail").GetString()!;
    }

    // The attack that RFC 8725 names first: the same claims, "alg": "none".
    private static string Unsigned(string token) => "eyJhbGciOiJub25lIn0." + token.Split('.')[1] + ".";

    private Task<HttpClient> StartWithTokensAsync(params (string, string)[] settings) => StartAsync(
    [
        ("Host:Jwt:Issuer", Issuer.Name), ("Host:Jwt:Audience", Issuer.Audience), ("Host:Jwt:JwksFile", _issuer.JwksFile), ("Host:Jwt:TenantClaim", "org"),
        .. settings,
    ]);

    private async Task<HttpClient> StartAsync(params (string, string)[] settings)
    {
        _app = Build(settings);
        await _app.StartAsync();
        return new HttpClient { BaseAddress = new Uri(_app.Urls.First().Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)) };
    }

    private static WebApplication Build(params (string Name, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Test" });
        builder.Configuration["urls"] = "http://127.0.0.1:0";
        builder.Configuration["Kafka:BootstrapServers"] = "127.0.0.1:1";
        foreach (var (name, value) in settings)
            builder.Configuration[name] = value;
        var app = builder.AddStreamingHost().Build().UseStreamingHost();
        app.MapGet("/who", (HttpContext http) => $"{http.User.Actor}/{http.User.Tenant}");
        return app;
    }
}
