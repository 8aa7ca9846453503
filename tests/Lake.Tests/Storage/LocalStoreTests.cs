using Streaming.Fixtures;
using Streaming.Lake.Storage;
using Streaming.Lake.Tests.Support;

namespace Streaming.Lake.Tests.Storage;

public sealed class LocalStoreTests
{
    [Fact]
    public async Task A_folder_does_what_a_bucket_must_do()
    {
        using var folder = new TempFolder("lake");
        await S3Contract.CheckAsync(new LocalStore(folder.Path));
    }

    [Fact]
    public async Task Of_many_who_add_a_file_at_once_one_succeeds_and_its_content_stays()
    {
        using var folder = new TempFolder("lake");
        var stores = Enumerable.Range(0, 4).Select(_ => new LocalStore(folder.Path)).ToList();
        for (var round = 0; round < 200; round++)
        {
            var path = $"log/{round:D20}.json";
            using var start = new Barrier(stores.Count);
            var added = await Task.WhenAll(stores.Select((store, writer) => Task.Factory.StartNew(async () =>
            {
                start.SignalAndWait();
                return await store.TryAddAsync(path, new byte[] { (byte)writer }, CancellationToken.None);
            }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));

            added.Count(isOurs => isOurs).ShouldBe(1, $"round {round}");
            (await stores[0].ReadAsync(path, CancellationToken.None))!.Value.ToArray().ShouldBe([(byte)Array.IndexOf(added, true)]);
        }

        Directory.EnumerateFiles(folder.Path, "*.part", SearchOption.AllDirectories).ShouldBeEmpty();
    }
}
