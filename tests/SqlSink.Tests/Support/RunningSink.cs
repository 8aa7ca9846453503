using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Streaming.Fixtures;

namespace Streaming.SqlSink.Tests.Support;

/// <summary>The SQL sink's host, running.</summary>
internal sealed class RunningSink : IAsyncDisposable
{
    private readonly WebApplication _app;
    private bool _isStopped;

    private RunningSink(WebApplication app) => (_app, Http) = (app, new HttpClient { BaseAddress = new Uri(app.Urls.Single()) });

    public HttpClient Http { get; }

    /// <param name="settings">Further settings as <c>--Section:Name=value</c>.</param>
    public static async Task<RunningSink> StartAsync(
        string bootstrapServers, string registryUrl, string connectionString, string prefix, params string[] settings)
    {
        var app = SqlSinkHost.Build(
        [
            "--urls=http://127.0.0.1:0", $"--Kafka:BootstrapServers={bootstrapServers}", $"--SchemaRegistry:Url={registryUrl}",
            $"--Database:ConnectionString={connectionString}", $"--Topics:Prefix={prefix}",
            "--Sinks:GroupCommitIntervalMs=100", "--Logging:LogLevel:Default=Warning", .. settings,
        ]);
        await app.StartAsync();
        return new RunningSink(app);
    }

    public async Task<JsonElement> GetAsync(string path) => await Http.GetFromJsonAsync<JsonElement>(path);

    /// <summary>The product's answer once it has at least this version.</summary>
    public Task<JsonElement> AwaitAsync(string sku, long version) => GetWhenThereAsync($"/stock/{sku}?atLeast={version}");

    /// <summary>Health in words, once it is as wanted.</summary>
    public async Task<string> AwaitHealthAsync(bool isHealthy, string containing = "") => await Eventually.NotNullAsync(async () =>
    {
        using var answer = await Http.GetAsync("/health/ready");
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode == isHealthy && text.Contains(containing) ? text : null;
    }, Eventually.DefaultDeadline, $"health is {(isHealthy ? "good" : "bad")} and says '{containing}'");

    /// <summary>Stops as on SIGTERM.</summary>
    public async Task StopAsync()
    {
        if (_isStopped)
            return;
        _isStopped = true;
        await _app.StopAsync();
        await _app.DisposeAsync();
        Http.Dispose();
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task<JsonElement> GetWhenThereAsync(string path)
    {
        JsonElement? found = null;
        await Eventually.Async(async () =>
        {
            using var answer = await Http.GetAsync(path);
            if (answer.IsSuccessStatusCode)
                found = await answer.Content.ReadFromJsonAsync<JsonElement>();
            return found is not null;
        }, Eventually.DefaultDeadline, $"{path} is answered");
        return found!.Value;
    }
}
