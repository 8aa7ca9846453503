using Streaming.CommandHost.Tests.Running;
using Streaming.Commands.Tests.Running;

namespace Streaming.CommandHost.Tests.Serving;

/// <summary>Two hosts of one installation: whichever is asked, the answers are one host's.</summary>
public sealed class TwoHostsTests(KafkaFixture kafka, TwoHostsTests.Pair pair) : IClassFixture<TwoHostsTests.Pair>
{
    private const int Callers = 20;

    [Fact]
    public async Task Of_all_who_expect_one_version_exactly_one_wins_and_the_others_learn_the_current_one()
    {
        var hosts = await pair.OnAsync(kafka);
        foreach (var (context, create, created, change, changed) in Contexts())
        {
            var id = SomeNames.Name("id");
            (await hosts[0].PostAsync($"/{context}/{id}/{create}", created)).Status.ShouldBe(201, context);
            for (var version = 1; version <= 3; version++)
            {
                var answers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller =>
                    hosts[caller % 2].PostAsync($"/{context}/{id}/{change}", changed, ("If-Match", $"\"{version}\""))));
                answers.Count(answer => answer.Status == 200).ShouldBe(1, $"{context} {version}");
                foreach (var stale in answers.Where(answer => answer.Status != 200))
                {
                    stale.Status.ShouldBe(412, stale.Text);
                    stale.Json.GetProperty("version").GetInt64().ShouldBe(version + 1);
                    stale.ETag.ShouldBe($"\"{version + 1}\"");
                }
            }
        }
    }

    [Fact]
    public async Task The_same_key_gets_the_same_bytes_from_both_and_another_body_none()
    {
        var hosts = await pair.OnAsync(kafka);
        foreach (var (context, create, created, change, changed) in Contexts())
        {
            var id = SomeNames.Name("id");
            var refused = await hosts[0].PostAsync($"/{context}/{id}/{change}", changed, ("Idempotency-Key", "early"));
            refused.Status.ShouldBe(404, refused.Text);
            var answers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller =>
                hosts[caller % 2].PostAsync($"/{context}/{id}/{create}", created, ("Idempotency-Key", "k"))));
            answers.Distinct().ShouldHaveSingleItem().Status.ShouldBe(201);
            (await hosts[1].PostAsync($"/{context}/{id}/{change}", changed, ("Idempotency-Key", "early"))).ShouldBe(refused);
            (await hosts[1].PostAsync($"/{context}/{id}/{change}", changed, ("Idempotency-Key", "k"))).Code.ShouldBe("key-reused");
        }
    }

    private static IEnumerable<(string Context, string Create, string Created, string Change, string Changed)> Contexts() =>
    [
        ("inventory", "register", """{"name":"Widget"}""", "receive", """{"quantity":1}"""),
        ("accounts", "open", """{"holder":"H","currency":"EUR","openingBalance":"1"}""", "deposit", """{"amount":"0.01","currency":"EUR"}"""),
        ("orders", "place", """{"customerId":"C","accountId":"A","currency":"EUR","lines":[{"sku":"S","quantity":1,"unitPrice":1}]}""",
            "change", """{"lines":[{"sku":"S","quantity":2,"unitPrice":1}]}"""),
    ];

    /// <summary>Started once for both tests.</summary>
    public sealed class Pair : IAsyncDisposable
    {
        private readonly SemaphoreSlim _once = new(1, 1);
        private RunningHost[] _hosts = [];

        internal async Task<RunningHost[]> OnAsync(KafkaFixture kafka)
        {
            await _once.WaitAsync();
            try
            {
                if (_hosts.Length > 0)
                    return _hosts;
                var (prefix, registry) = (SomeNames.Prefix(), new MemoryRegistry());
                _hosts = [await RunningHost.StartAsync(kafka, prefix, registry), await RunningHost.StartAsync(kafka, prefix, registry)];
                foreach (var host in _hosts)
                    await host.ReadyAsync();
                return _hosts;
            }
            finally
            {
                _once.Release();
            }
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var host in _hosts)
                await host.DisposeAsync();
            _once.Dispose();
        }
    }
}
