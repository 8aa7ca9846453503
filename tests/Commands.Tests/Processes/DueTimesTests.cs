using Streaming.Commands.Processes;

namespace Streaming.Commands.Tests.Processes;

/// <summary>Who is due, in order, once.</summary>
public sealed class DueTimesTests
{
    private static readonly DateTimeOffset Noon = new(2022, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly DueTimes _dueTimes = new();

    [Fact]
    public void The_longest_overdue_comes_first_and_those_not_due_stay()
    {
        _dueTimes.Set("late", Noon.AddHours(1));
        _dueTimes.Set("b", Noon);
        _dueTimes.Set("a", Noon);
        _dueTimes.Set("first", Noon.AddHours(-1));

        DueAt(Noon).ShouldBe(["first", "a", "b"]);
        _dueTimes.Next.ShouldBe(Noon.AddHours(-1));
    }

    [Fact]
    public void Who_was_told_is_told_again_only_for_another_deadline()
    {
        _dueTimes.Set("a", Noon);
        _dueTimes.Told(Noon, "a");
        _dueTimes.Set("a", Noon);
        DueAt(Noon).ShouldBeEmpty();
        _dueTimes.Count.ShouldBe(1);

        _dueTimes.Set("a", Noon.AddMinutes(1));
        DueAt(Noon.AddMinutes(1)).ShouldBe(["a"]);
    }

    [Fact]
    public void Who_waits_no_longer_takes_no_room()
    {
        _dueTimes.Set("a", Noon);
        _dueTimes.Set("b", Noon);
        _dueTimes.Told(Noon, "b");
        _dueTimes.Set("a", null);
        _dueTimes.Set("b", null);
        _dueTimes.Set("never-waited", null);

        _dueTimes.Count.ShouldBe(0);
        _dueTimes.Next.ShouldBeNull();
    }

    [Fact]
    public void It_agrees_with_a_plain_list_whatever_happens()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var plain = new Dictionary<string, (DateTimeOffset At, bool IsTold)>();
        for (var step = 0; step < 5_000; step++)
        {
            var id = $"a-{random.Next(20)}";
            DateTimeOffset? at = random.Next(4) == 0 ? null : Noon.AddMinutes(random.Next(10));
            _dueTimes.Set(id, at);
            if (at is null)
                plain.Remove(id);
            else if (!plain.TryGetValue(id, out var before) || before.At != at)
                plain[id] = (at.Value, false);

            var now = Noon.AddMinutes(random.Next(10));
            var expected = plain.Where(entry => !entry.Value.IsTold && entry.Value.At <= now)
                .OrderBy(entry => entry.Value.At).ThenBy(entry => entry.Key, StringComparer.Ordinal).Take(3).Select(entry => entry.Key).ToList();
            DueAt(now, countMax: 3).ShouldBe(expected, $"seed {seed}, step {step}");
            foreach (var told in expected.Where(_ => random.Next(2) == 0))
            {
                _dueTimes.Told(plain[told].At, told);
                plain[told] = plain[told] with { IsTold = true };
            }

            _dueTimes.Count.ShouldBe(plain.Count, $"seed {seed}, step {step}");
        }
    }

    private List<string> DueAt(DateTimeOffset now, int countMax = 100)
    {
        var due = new List<(DateTimeOffset At, string AggregateId)>();
        _dueTimes.Collect(now, countMax, due);
        return [.. due.Select(entry => entry.AggregateId)];
    }
}
