using Streaming.Fixtures;
using Streaming.Search.Tests.Support;

namespace Streaming.Search.Tests.Crashes;

/// <summary>kill -9 of a real process under load, which refreshes, merges and commits meanwhile: what was acknowledged is there, with its version, and nothing else.</summary>
public sealed class KillTests
{
    private const int KillCount = 3;
    private const int IdCount = 400;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

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
            // Commits all the time, beside the merges that so many small segments need.
            using var killed = new CancellationTokenSource();
            var committing = CommitAsync(node.Url, killed.Token);
            await LoadAsync(node, calls, acknowledged, sent, random);
            await killed.CancelAsync();
            await committing;
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

    [Fact]
    public async Task Commits_beside_merges_leave_the_index_whole()
    {
        const int RequestCount = 150;
        using var folder = new TempFolder("search-commits");
        await using var node = await SearchProcess.StartAsync(folder.Path);
        using var calls = new SearchCalls(node.Url);
        (await calls.PutAsync("/load", """{"mappings":{"properties":{"v":{"type":"long"}}}}""")).ShouldBe(200);
        using var written = new CancellationTokenSource();
        var committing = CommitAsync(node.Url, written.Token);
        for (var request = 0; request < RequestCount; request++)
        {
            // Each a segment of its own: every eighth asks for a merge.
            var answer = await calls.BulkAsync("/load/_bulk?refresh=true", [.. Enumerable.Range(0, 5).SelectMany(i => new[] { $$$"""{"index":{"_id":"{{{request}}}-{{{i}}}"}}""", """{"v":1}""" })]);
            answer.ShouldBe(200);
            ((bool)answer.Json["errors"]!).ShouldBeFalse(answer.Text);
        }

        await written.CancelAsync();
        (await committing).ShouldBeGreaterThan(3);
        (await calls.SearchAsync("load", """{"size":10000}""")).Hits.Count.ShouldBe(RequestCount * 5);
        await node.KillAsync();
        await using var again = await SearchProcess.StartAsync(folder.Path);
        using var after = new SearchCalls(again.Url);
        (await after.SearchAsync("load", """{"size":10000}""")).Hits.Count.ShouldBe(RequestCount * 5);
    }

    /// <returns>How many commits were answered.</returns>
    private static async Task<int> CommitAsync(string url, CancellationToken ended)
    {
        using var calls = new SearchCalls(url);
        var count = 0;
        try
        {
            for (; !ended.IsCancellationRequested; count++)
            {
                (await calls.PostAsync("/load/_flush")).ShouldBe(200);
            }
        }
        catch (HttpRequestException)
        {
            // The node is gone.
        }

        return count;
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
