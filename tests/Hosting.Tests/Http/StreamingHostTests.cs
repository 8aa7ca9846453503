using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Streaming.Hosting.Tests.Http;

public sealed class StreamingHostTests
{
    private const string Key = "a key of sufficient length";

    [Fact]
    public async Task A_call_without_the_key_is_refused_and_health_stays_open()
    {
        await using var app = Build("http://127.0.0.1:0", Key);
        await app.StartAsync();
        using var client = Client(app);

        (await client.GetAsync("/hello")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await client.GetAsync("/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);

        client.DefaultRequestHeaders.Add("X-Api-Key", "another key of some length");
        var refused = await client.GetAsync("/hello");
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        refused.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task A_call_with_the_key_passes()
    {
        await using var app = Build("http://127.0.0.1:0", Key);
        await app.StartAsync();
        using var client = Client(app);
        client.DefaultRequestHeaders.Add("X-Api-Key", Key);
        (await client.GetStringAsync("/hello")).ShouldBe("hello");
    }

    [Fact]
    public void An_address_outside_loopback_is_refused_without_a_key()
    {
        var refused = Should.Throw<InvalidOperationException>(() => Build("http://0.0.0.0:0", key: null));
        refused.Message.ShouldContain("Host__ApiKey");
    }

    [Fact]
    public async Task Without_an_address_a_free_port_on_loopback_is_taken()
    {
        await using var app = Build(urls: null, key: null);
        await app.StartAsync();
        Address(app).Host.ShouldBe("127.0.0.1");
    }

    private static WebApplication Build(string? urls, string? key)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Test" });
        builder.Configuration["urls"] = urls;
        builder.Configuration["Host:ApiKey"] = key;
        builder.Configuration["Kafka:BootstrapServers"] = "127.0.0.1:1";
        var app = builder.AddStreamingHost().Build().UseStreamingHost();
        app.MapGet("/hello", () => Results.Text("hello"));
        return app;
    }

    private static Uri Address(WebApplication app) => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    private static HttpClient Client(WebApplication app) => new() { BaseAddress = Address(app) };
}
