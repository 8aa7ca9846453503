using Streaming.Fixtures;
using Streaming.Search.Tests.Support;

namespace Streaming.Search.Tests.Crashes;

/// <summary>kill -9 of a real process under load: what was acknowledged is there, with its version, and nothing else.</summary>
public sealed class KillTests
{
    private const int KillCount = 3;
    private const int IdCount = 400;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task What_was_acknowledged_survives_and_what_was_not_is_whole_or_absent()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        using var folder = new TempFolder("search-kill");
        var acknowledged = new Dictionary<string, long>();
        var sent = new Dictionary<string, long>();
        for (var kill = 0; kill < KillCount; kill++)
        {
            await using var node = await SearchProcess.StartAsync(folder.Path);
            using var calls = new SearchCalls(node.Url);
            if (kill == 0)
                (await calls.PutAsync("/load", """{"settings":{"refresh_interval":"50ms"},"mappings":{"properties":{"v":{"type":"long"},"t":{"type":"text"}}}}""")).ShouldBe(200);
            await VerifyAsync(calls, acknowledged, sent, seed);
            await LoadAsync(node, calls, acknowledged, sent, random);
        }

        await using var last = await SearchProcess.StartAsync(folder.Path);
        using var check = new SearchCalls(last.Url);
        await VerifyAsync(check, acknowledged, sent, seed);
    }

    [Fact]
    public async Task A_clean_stop_keeps_everything_and_replays_nothing()
    {
        using var folder = new TempFolder("search-stop");
        await using (var node = await SearchProcess.StartAsync(folder.Path))
        {
            using var calls = new SearchCalls(node.Url);
            await calls.BulkAsync("/kept/_bulk", """{"index":{"_id":"1"}}""", """{"n":1}""", """{"index":{"_id":"2"}}""", """{"n":2}""", """{"delete":{"_id":"1"}}""");
            await calls.PutAsync("/kept/_alias/name", "{}");
            await node.StopAsync();
        }

        Directory.EnumerateFiles(folder.Path, "translog-*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length).ShouldBe(0);
        await using var again = await SearchProcess.StartAsync(folder.Path);
        using var after = new SearchCalls(again.Url);
        (await after.IdsAsync("name", "{}")).ShouldBe(["2"]);
        (await after.PutAsync("/kept/_doc/1?version=1&version_type=external", """{"n":1}""")).ShouldBe(409);
    }

    private static async Task LoadAsync(SearchProcess node, SearchCalls calls, Dictionary<string, long> acknowledged, Dictionary<string, long> sent, Random random)
    {
        var killing = Task.CompletedTask;
        for (var (round, end) = (0, random.Next(20, 60)); ; round++)
        {
            var batch = Enumerable.Range(0, 100).Select(_ => $"d{random.Next(IdCount)}").Distinct().ToDictionary(id => id, id => sent.GetValueOrDefault(id) + 1);
            foreach (var (id, version) in batch)
                sent[id] = version;
            var lines = batch.SelectMany(document => new[]
            {
                $$$"""{"index":{"_id":"{{{document.Key}}}","version":{{{document.Value}}},"version_type":"external_gte"}}""",
                $$"""{"v":{{document.Value}},"t":"version {{document.Value}} of {{document.Key}}"}""",
            });
            if (round == end)
                killing = node.KillAsync();   // While the request is on its way.
            try
            {
                var answer = await calls.BulkAsync("/load/_bulk", lines);
                answer.ShouldBe(200);
                ((bool)answer.Json["errors"]!).ShouldBeFalse(answer.Text);
            }
            catch (HttpRequestException)
            {
                await killing;
                return;
            }

            foreach (var (id, version) in batch)
                acknowledged[id] = version;
            if (round >= end)
            {
                await killing.WaitAsync(Deadline);
                return;
            }
        }
    }

    private static async Task VerifyAsync(SearchCalls calls, Dictionary<string, long> acknowledged, Dictionary<string, long> sent, int seed)
    {
        (await calls.PostAsync("/load/_refresh")).ShouldBe(200);
        var hits = (await calls.SearchAsync("load", """{"size":10000,"version":true,"sort":["_id"]}""")).Hits;
        hits.Select(hit => (string)hit!["_id"]!).Distinct().Count().ShouldBe(hits.Count, $"seed {seed}");
        var found = hits.ToDictionary(hit => (string)hit!["_id"]!, hit => (long)hit!["_version"]!);
        foreach (var (id, version) in acknowledged)
            found.GetValueOrDefault(id).ShouldBeInRange(version, sent[id], $"{id}, seed {seed}");
        foreach (var hit in hits)
        {
            var (id, version) = ((string)hit!["_id"]!, (long)hit["_version"]!);
            version.ShouldBeLessThanOrEqualTo(sent.GetValueOrDefault(id), $"{id}, seed {seed}");
            hit["_source"]!.ToJsonString().ShouldBe($$"""{"v":{{version}},"t":"version {{version}} of {{id}}"}""");
            var got = await calls.GetAsync($"/load/_doc/{id}");
            ((long)got.Json["_version"]!).ShouldBe(version);
        }

        foreach (var (id, version) in found)
            (sent[id], acknowledged[id]) = (Math.Max(sent[id], version), version);
    }
}
