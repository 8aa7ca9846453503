using Streaming.Commands.Duplicates;

namespace Streaming.Commands.Tests.Duplicates;

public sealed class ResultIndexTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly SettableTime _time = new(Start);

    [Fact]
    public void A_result_is_found_in_its_own_batch_and_after_it()
    {
        var index = Index();
        Add(index, "c-1");
        Find(index, "c-1").ShouldBe([1]);
        index.Accept();
        Find(index, "c-1").ShouldBe([1]);
    }

    [Fact]
    public void A_dropped_batch_leaves_nothing()
    {
        var index = Index();
        Add(index, "c-1");
        index.Accept();
        Add(index, "c-2");
        index.Drop();
        Find(index, "c-1").ShouldNotBeNull();
        Find(index, "c-2").ShouldBeNull();
    }

    [Fact]
    public void What_the_window_leaves_behind_is_forgotten_and_expired()
    {
        var index = Index();
        Add(index, "c-1");
        index.Accept();
        _time.Now += TimeSpan.FromHours(2);
        index.IsExpired(Start.ToUnixTimeMilliseconds()).ShouldBeTrue();
        index.IsExpired(_time.Now.ToUnixTimeMilliseconds()).ShouldBeFalse();
        index.Accept();
        index.Count.ShouldBe(0);
    }

    [Fact]
    public void What_the_bound_makes_it_forget_is_expired_too()
    {
        var index = Index(countMax: 2);
        for (var i = 0; i < 4; i++)
        {
            Add(index, $"c-{i}", at: Start.AddMilliseconds(i));
            index.Accept();
        }

        index.Count.ShouldBe(2);
        index.IsExpired(Start.AddMilliseconds(1).ToUnixTimeMilliseconds()).ShouldBeTrue();
        index.IsExpired(Start.AddMilliseconds(2).ToUnixTimeMilliseconds()).ShouldBeFalse();
    }

    [Fact]
    public void Of_several_restored_results_of_one_command_the_first_counts()
    {
        var index = Index();
        index.Restore(new("A", "c-1"), [1], Start.ToUnixTimeMilliseconds());
        index.Restore(new("A", "c-1"), [2], Start.ToUnixTimeMilliseconds());
        Find(index, "c-1").ShouldBe([1]);
        index.Count.ShouldBe(1);
    }

    [Fact]
    public void Keys_whose_texts_join_to_the_same_are_different_commands()
    {
        var index = Index();
        index.Restore(new("A/b", "c"), [1], Start.ToUnixTimeMilliseconds());
        index.TryFind(new CommandKey("A", "b/c"), out _).ShouldBeFalse();
    }

    [Fact]
    public void Whatever_comes_and_goes_the_newest_results_are_found_and_no_others()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var index = Index(countMax: 100);
        var expected = new List<(string Id, byte[] Result)>();
        for (var batch = 0; batch < 100; batch++)
        {
            var added = Enumerable.Range(0, random.Next(1, 30)).Select(i => ($"c-{batch}-{i}", RandomBytes(random))).ToList();
            foreach (var (id, result) in added)
                index.Add(new("A", id), result, Start.ToUnixTimeMilliseconds() + batch);
            if (random.Next(4) == 0)
            {
                index.Drop();
                added.ForEach(dropped => Find(index, dropped.Item1).ShouldBeNull($"seed {seed}"));
                continue;
            }

            index.Accept();
            expected.AddRange(added);
            foreach (var (id, _) in expected.SkipLast(100))
                Find(index, id).ShouldBeNull($"seed {seed}");
            expected = [.. expected.TakeLast(100)];
            foreach (var (id, result) in expected)
                Find(index, id).AsSpan().SequenceEqual(result).ShouldBeTrue($"seed {seed}");
            index.Count.ShouldBe(expected.Count, $"seed {seed}");
        }
    }

    // Mostly as short as results are, now and then longer than what they are kept in.
    private static byte[] RandomBytes(Random random)
    {
        var bytes = new byte[random.Next(50) == 0 ? random.Next(100_000, 600_000) : random.Next(200)];
        random.NextBytes(bytes);
        return bytes;
    }

    private ResultIndex Index(int countMax = 100) => new(TimeSpan.FromHours(1), countMax, _time);

    private static void Add(ResultIndex index, string commandId, DateTimeOffset? at = null) =>
        index.Add(new("A", commandId), [1], (at ?? Start).ToUnixTimeMilliseconds());

    private static byte[]? Find(ResultIndex index, string commandId) =>
        index.TryFind(new("A", commandId), out var result) ? result : null;

    private sealed class SettableTime(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
