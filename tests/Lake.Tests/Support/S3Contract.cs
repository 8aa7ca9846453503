using Streaming.Lake.Storage;
using Streaming.Lake.Tests.Delta;

namespace Streaming.Lake.Tests.Support;

/// <summary>What a bucket must do for a lake to lie in it, whoever serves it.</summary>
internal static class S3Contract
{
    private static readonly CancellationToken _never = CancellationToken.None;

    public static async Task CheckAsync(ITableStore store)
    {
        (await store.ReadAsync("nothing", _never)).ShouldBeNull();
        (await store.ListAsync("a", _never)).ShouldBeEmpty();
        var winners = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => store.TryAddAsync("a/once.json", new byte[] { (byte)i }, _never)));
        winners.Count(isWinner => isWinner).ShouldBe(1);
        (await store.ReadAsync("a/once.json", _never))!.Value.Span[0].ShouldBe((byte)Array.IndexOf(winners, true));

        await store.WriteAsync("a/b/many.json", new byte[100_000], _never);
        await store.WriteAsync("a/b/many.json", new byte[200_000], _never);
        (await store.ListAsync("a", _never)).Select(file => (file.Path, file.SizeBytes)).ShouldBe([("a/b/many.json", 200_000L), ("a/once.json", 1L)], ignoreOrder: true);
        await store.DeleteAsync("a/once.json", _never);
        await store.DeleteAsync("a/once.json", _never);
        (await store.TryAddAsync("a/once.json", new byte[] { 1 }, _never)).ShouldBeTrue();

        (await store.ListFoldersAsync(_never)).ShouldBe(["a"]);
        await store.WriteAsync("ab/c.json", new byte[1], _never);
        for (var i = 0; i < 7; i++)
            await store.WriteAsync($"a/{i}.json", new byte[1], _never);
        (await store.ListFoldersAsync(_never)).ShouldBe(["a", "ab"], ignoreOrder: true);
        await store.DeleteFolderAsync("a", _never);
        await store.DeleteFolderAsync("a", _never);
        (await store.ListFoldersAsync(_never)).ShouldBe(["ab"]);

        using var table = CountTable.Open(store, TimeProvider.System, checkpointEvery: 3);
        await IndependentReaderTests.FillAsync(table);
        (await CountTable.NumbersAsync(store)).ShouldBe(CountTable.Range(80));
    }
}
