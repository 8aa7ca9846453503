using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Streaming.Fixtures;

namespace Streaming.Cli.Tests.Servers;

/// <summary>Two registries over one topic, each a process of its own: both take writes at once, both are killed on the way, and in the end both tell the same.</summary>
public abstract class SharedTopicTests(KafkaFixture kafka) : IDisposable
{
    private const int Subjects = 8;
    private const int Schemas = 60;
    private const int Registrations = 240;
    private const int Seed = 20260;
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(4);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };

    [ConformanceFact]
    public async Task Two_registries_write_at_once_and_are_killed_and_agree()
    {
        var topic = SomeNames.Name("_schemas");
        await using var one = await RestartedRegistry.StartAsync(kafka.BootstrapServers, topic);
        await using var two = await RestartedRegistry.StartAsync(kafka.BootstrapServers, topic);
        RestartedRegistry[] registries = [one, two];
        await SendAsync(HttpMethod.Put, $"{one.Url}/config", """{"compatibility": "NONE"}""");

        var answers = await WhileKilledAsync(registries, RegisterAllAsync(registries));

        var told = await GetAsync($"{one.Url}/schemas");
        (await GetAsync($"{two.Url}/schemas")).ShouldBe(told);
        var versions = JsonNode.Parse(told)!.AsArray().Select(version => new Version(version!)).ToList();
        versions.GroupBy(version => version.Id).ShouldAllBe(same => same.Select(version => version.Schema).Distinct().Count() == 1);
        versions.GroupBy(version => version.Schema).ShouldAllBe(same => same.Select(version => version.Id).Distinct().Count() == 1);
        foreach (var subject in versions.GroupBy(version => version.Subject))
            subject.Select(version => version.Number).Order().ShouldBe(Enumerable.Range(1, subject.Count()), subject.Key);
        versions.Select(version => (version.Subject, version.Schema)).Distinct().Count().ShouldBe(versions.Count);
        answers.Select(answer => (answer.Subject, answer.Schema, answer.Id)).Distinct().Order()
            .ShouldBe(versions.Select(version => (version.Subject, version.Schema, version.Id)).Order());
    }

    [ConformanceFact]
    public async Task What_one_has_answered_the_other_knows()
    {
        var topic = SomeNames.Name("_schemas");
        await using var one = await RestartedRegistry.StartAsync(kafka.BootstrapServers, topic);
        await using var two = await RestartedRegistry.StartAsync(kafka.BootstrapServers, topic);
        for (var i = 0; i < 20; i++)
        {
            var (here, there) = i % 2 == 0 ? (one, two) : (two, one);
            var id = await RegisterAsync(here.Url, $"s{i}", SchemaOf(i));
            JsonNode.Parse(await GetAsync($"{there.Url}/schemas/ids/{id}"))!["schema"]!.GetValue<string>().ShouldBe(SchemaOf(i));
            (await GetAsync($"{there.Url}/subjects/s{i}/versions")).ShouldBe("[1]");
        }
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _http.Dispose();
    }

    private static string SchemaOf(int number) => $$"""{"type":"record","name":"R{{number}}","fields":[{"name":"id","type":"long"}]}""";

    // Every schema to several subjects, and everything twice, so that both registries are asked for the same at the same moment.
    private async Task<Version[]> RegisterAllAsync(RestartedRegistry[] registries)
    {
        var random = new Random(Seed);
        var wanted = Enumerable.Range(0, Registrations / 2).Select(_ => (Subject: $"s{random.Next(Subjects)}", Schema: SchemaOf(random.Next(Schemas)))).ToList();
        using var atOnce = new SemaphoreSlim(16);
        return await Task.WhenAll(wanted.SelectMany(pair => registries.Select(registry => RegisterPatientlyAsync(registry, registries, pair.Subject, pair.Schema, atOnce))));
    }

    private async Task<Version> RegisterPatientlyAsync(RestartedRegistry first, RestartedRegistry[] all, string subject, string schema, SemaphoreSlim atOnce)
    {
        await atOnce.WaitAsync();
        try
        {
            using var late = new CancellationTokenSource(Deadline);
            for (var attempt = Array.IndexOf(all, first); ; attempt++)
            {
                try
                {
                    return new Version(subject, 0, await RegisterAsync(all[attempt % all.Length].Url, subject, schema), schema);
                }
                catch (Exception failed) when (failed is HttpRequestException or TaskCanceledException && !late.IsCancellationRequested)
                {
                    // It was killed, or could not write just now: the other is asked, as clients with two addresses do.
                    await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, late.Token);
                }
            }
        }
        finally
        {
            atOnce.Release();
        }
    }

    private static async Task<T> WhileKilledAsync<T>(RestartedRegistry[] registries, Task<T> work)
    {
        for (var i = 0; !work.IsCompleted && i < 4; i++)
        {
            await Task.WhenAny(work, Task.Delay(TimeSpan.FromMilliseconds(700), TimeProvider.System));
            await registries[i % registries.Length].KillAndRestartAsync();
        }
        return await work;
    }

    private async Task<int> RegisterAsync(string url, string subject, string schema) =>
        JsonNode.Parse(await SendAsync(HttpMethod.Post, $"{url}/subjects/{subject}/versions", new JsonObject { ["schema"] = schema }.ToJsonString()))!["id"]!.GetValue<int>();

    private Task<string> GetAsync(string url) => _http.GetStringAsync(new Uri(url));

    private async Task<string> SendAsync(HttpMethod method, string url, string body)
    {
        using var request = new HttpRequestMessage(method, url) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return response.StatusCode == HttpStatusCode.OK ? text : throw new HttpRequestException($"{(int)response.StatusCode} {text}");
    }

    private sealed record Version(string Subject, int Number, int Id, string Schema)
    {
        public Version(JsonNode told)
            : this(told["subject"]!.GetValue<string>(), told["version"]!.GetValue<int>(), told["id"]!.GetValue<int>(), told["schema"]!.GetValue<string>())
        {
        }
    }
}

public sealed class EmbeddedSharedTopicTests(EmbeddedKafkaFixture kafka) : SharedTopicTests(kafka), IClassFixture<EmbeddedKafkaFixture>;

[Needs(RealServer.Kafka)]
public sealed class RealSharedTopicTests(RealKafkaFixture kafka) : SharedTopicTests(kafka), IClassFixture<RealKafkaFixture>;
