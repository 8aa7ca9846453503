using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

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

    [Fact]
    public async Task A_host_whose_work_fails_ends_with_one_and_one_that_is_stopped_with_zero()
    {
        (await Build("http://127.0.0.1:0", key: null, services => services.AddHostedService<FailingWork>()).RunStreamingHostAsync()).ShouldBe(1);
        await using var stopped = Build("http://127.0.0.1:0", key: null);
        stopped.Lifetime.ApplicationStarted.Register(stopped.Lifetime.StopApplication);
        (await stopped.RunStreamingHostAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task So_does_one_whose_work_fails_before_it_listens()
    {
        (await Build("http://127.0.0.1:0", key: null, services => services.AddHostedService<FailingWork>().AddHostedService<SlowStart>()).RunStreamingHostAsync()).ShouldBe(1);
        (await Build("http://127.0.0.1:0", key: null, services => services.AddHostedService<HastyStop>()).RunStreamingHostAsync()).ShouldBe(0);
    }

    private static WebApplication Build(string? urls, string? key, Action<IServiceCollection>? add = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Test" });
        builder.Configuration["urls"] = urls;
        builder.Configuration["Host:ApiKey"] = key;
        builder.Configuration["Kafka:BootstrapServers"] = "127.0.0.1:1";
        add?.Invoke(builder.Services);
        var app = builder.AddStreamingHost().Build().UseStreamingHost();
        app.MapGet("/hello", () => Results.Text("hello"));
        return app;
    }

    private static Uri Address(WebApplication app) => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    private static HttpClient Client(WebApplication app) => new() { BaseAddress = Address(app) };

    /// <summary>Starts for as long as the host is not stopped.</summary>
    private sealed class SlowStart(IHostApplicationLifetime lifetime) : IHostedService
    {
        public async Task StartAsync(CancellationToken cancellationToken)
        {
            var stopping = new TaskCompletionSource();
            await using var told = lifetime.ApplicationStopping.Register(stopping.SetResult);
            await stopping.Task.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, CancellationToken.None);
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class HastyStop(IHostApplicationLifetime lifetime) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            lifetime.StopApplication();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class FailingWork : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Yield();
            throw new InvalidOperationException("It cannot go on.");
        }
    }
}
