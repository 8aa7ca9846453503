using Streaming.Fixtures;
using Streaming.Search.Tests.Support;

namespace Streaming.Search.Tests.Crashes;

/// <summary>Files that are not what was written: a torn end is cut, everything else is said, and the other indices are served.</summary>
public sealed class DamageTests : IDisposable
{
    private readonly TempFolder _folder = new("search-damage");
    private readonly Random _random;
    private readonly int _seed = Environment.TickCount;

    public DamageTests() => _random = new Random(_seed);

    [Fact]
    public async Task A_translog_that_ends_in_the_middle_is_cut_there()
    {
        foreach (var cut in new[] { 1, 5, 9, 30 })
        {
            var log = await WriteAsync(commit: false);
            using (var file = new FileStream(log, FileMode.Open))
                file.SetLength(file.Length - cut);
            (await IdsAfterRestartAsync("one")).ShouldBe(["1", "2"], $"cut {cut}");
            Reset();
        }
    }

    [Fact]
    public async Task Nothing_but_rubbish_behind_the_last_operation_is_cut_off()
    {
        var log = await WriteAsync(commit: false);
        var rubbish = new byte[1_000];
        _random.NextBytes(rubbish);
        await using (var file = new FileStream(log, FileMode.Append))
            await file.WriteAsync(rubbish);
        (await IdsAfterRestartAsync("one")).ShouldBe(["1", "2", "3"], $"seed {_seed}");
    }

    [Fact]
    public async Task Damage_before_other_operations_is_said_and_the_other_index_is_served()
    {
        for (var round = 0; round < 10; round++)
        {
            var log = await WriteAsync(commit: false);
            var bytes = await File.ReadAllBytesAsync(log);
            bytes[_random.Next(0, bytes.Length / 3)] ^= (byte)_random.Next(1, 256);
            await File.WriteAllBytesAsync(log, bytes);
            await ShouldRefuseAsync($"seed {_seed}, round {round}");
            Reset();
        }
    }

    [Fact]
    public async Task A_segment_with_any_wrong_byte_is_refused()
    {
        for (var round = 0; round < 20; round++)
        {
            await WriteAsync(commit: true);
            var segment = Directory.EnumerateFiles(FolderOf("one"), "segment-*").First();
            var bytes = await File.ReadAllBytesAsync(segment);
            switch (round % 4)
            {
                case 0:
                    bytes = bytes[.._random.Next(bytes.Length)];
                    break;
                case 1:
                    _random.NextBytes(bytes);
                    break;
                default:
                    // Sections are padded to eight bytes, and what lies between them says nothing.
                    var at = _random.Next(bytes.Length);
                    for (var i = at; i < Math.Min(at + 8, bytes.Length); i++)
                        bytes[i] ^= 0x55;
                    break;
            }

            await File.WriteAllBytesAsync(segment, bytes);
            await ShouldRefuseAsync($"seed {_seed}, round {round}");
            Reset();
        }
    }

    [Fact]
    public async Task A_commit_or_a_description_that_is_rubbish_is_refused()
    {
        foreach (var name in new[] { "commit", "index" })
        {
            await WriteAsync(commit: true);
            var path = Path.Combine(FolderOf("one"), name);
            var bytes = await File.ReadAllBytesAsync(path);
            bytes[_random.Next(bytes.Length)] ^= 1;
            await File.WriteAllBytesAsync(path, bytes);
            await using var server = await StartAsync();
            using var calls = new SearchCalls(server.Url);
            ((string?)(await calls.GetAsync("/_cluster/health")).Json["status"]).ShouldBe("red");
            (await calls.IdsAsync("two", "{}")).ShouldBe(["x"]);
            await server.DisposeAsync();
            Reset();
        }
    }

    [Fact]
    public async Task Two_nodes_do_not_share_a_folder()
    {
        await using var server = await StartAsync();
        await Should.ThrowAsync<IOException>(StartAsync);
    }

    public void Dispose() => _folder.Dispose();

    private void Reset()
    {
        foreach (var folder in Directory.EnumerateDirectories(_folder.Path))
            Directory.Delete(folder, recursive: true);
    }

    private async Task ShouldRefuseAsync(string what)
    {
        await using var server = await StartAsync();
        using var calls = new SearchCalls(server.Url);
        (await calls.GetAsync("/one/_doc/1")).Status.ShouldBe(503, what);
        (await calls.PutAsync("/one/_doc/9", """{"n":9}""")).Status.ShouldBe(503, what);
        (await calls.IdsAsync("two", "{}")).ShouldBe(["x"], what);
        (await calls.DeleteAsync("/one")).Status.ShouldBe(200, what);
        (await calls.PutAsync("/one/_doc/9", """{"n":9}""")).Status.ShouldBe(201, what);
    }

    private async Task<string[]> IdsAfterRestartAsync(string index)
    {
        await using var server = await StartAsync();
        using var calls = new SearchCalls(server.Url);
        await calls.PostAsync($"/{index}/_refresh");
        return await calls.IdsAsync(index, """{"sort":["_id"]}""");
    }

    /// <summary>Three documents in one index and one in another; as they lie after a kill, or after a commit.</summary>
    /// <returns>The first index's translog.</returns>
    private async Task<string> WriteAsync(bool commit)
    {
        await using (var server = await StartAsync())
        {
            using var calls = new SearchCalls(server.Url);
            await calls.PutAsync("/one", """{"mappings":{"properties":{"n":{"type":"long"},"t":{"type":"text"},"k":{"type":"keyword"}}}}""");
            await calls.PutAsync("/two/_doc/x?refresh=true", """{"n":1}""");
            foreach (var id in new[] { "1", "2", "3" })
                await calls.PutAsync($"/one/_doc/{id}", $$"""{"n":{{id}},"t":"some text {{id}}","k":"key"}""");
            if (!commit)
                CopyFolder(FolderOf("one"), FolderOf("one") + ".copy");
            await calls.PostAsync("/_flush");
        }

        var kept = FolderOf("one");
        if (!commit)
        {
            Directory.Delete(kept, recursive: true);
            Directory.Move(kept + ".copy", kept);
        }

        return Directory.EnumerateFiles(kept, "translog-*").Order(StringComparer.Ordinal).Last();
    }

    // The first index is the older one, and ids begin with the time.
    private string FolderOf(string index) =>
        Directory.EnumerateDirectories(Path.Combine(_folder.Path, "indices")).Where(folder => !folder.EndsWith(".copy", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).ElementAt(index == "one" ? 0 : 1);

    private Task<SearchServer> StartAsync() => SearchServer.StartAsync(new SearchServerOptions { DataDirectory = _folder.Path });

    private static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
