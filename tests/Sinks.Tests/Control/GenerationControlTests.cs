using System.Text.Json;
using Streaming.Contracts.Control;
using Streaming.Sinks.Control;

namespace Streaming.Sinks.Tests.Control;

public sealed class GenerationControlTests
{
    private readonly ControlBoard _board = new("sql-sink", "streaming.control", producer: null!);

    [Theory]
    [InlineData("sql-sink", 1)]
    [InlineData("sql-sink-g2", 2)]
    [InlineData("sql-sink-g1", null)]
    [InlineData("sql-sink-g02", null)]
    [InlineData("sql-sink-gx", null)]
    [InlineData("lake-sink", null)]
    public void A_name_tells_the_generation(string name, int? number) => SinkNames.NumberOf("sql-sink", name).ShouldBe(number);

    [Fact]
    public void What_is_declared_is_known_and_what_is_asked_of_generations_is_no_partitions_work()
    {
        Declare("a", SinkGenerations.Only(1).Started(2).Next());
        var request = new SinkRequest("0192", SinkRequestKind.Verify, "ops", DateTimeOffset.UnixEpoch, null, [new("a.events", 0)], new GenerationAsking(2, 1, 10));
        Take(ControlKey.Request("sql-sink", request.Id), JsonSerializer.SerializeToUtf8Bytes(request, ControlJson.Default.SinkRequest));

        _board.Generations.Declared!.Running.ShouldBe([1, 2]);
        _board.Generations.Open.ShouldHaveSingleItem().Generations.ShouldBe(new GenerationAsking(2, 1, 10));
        _board.Of("sql-sink").Open("a.events", 0).ShouldBeEmpty();
    }

    [Fact]
    public void The_newest_comparison_of_two_counts()
    {
        foreach (var (id, minute) in new[] { ("a", 1), ("c", 3), ("b", 2) })
        {
            var answer = new SinkAnswer(id, "a.events", 0, IsDone: true, "done", "host", DateTimeOffset.UnixEpoch.AddMinutes(minute),
                new GenerationProof(0, new GenerationComparison(1, 2, DateTimeOffset.UnixEpoch, 0, [])));
            Take(ControlKey.Answer("sql-sink", id, "a.events", 0), JsonSerializer.SerializeToUtf8Bytes(answer, ControlJson.Default.SinkAnswer));
        }

        _board.Generations.NewestProof(1, 2)!.RequestId.ShouldBe("c");
        _board.Generations.NewestProof(2, 3).ShouldBeNull();
    }

    [Fact]
    public void A_number_is_never_given_twice()
    {
        var set = SinkGenerations.Only(1).Started(2).Dropped(2);

        (set.Held, set.Running, set.Newest).ShouldBe((set.Held, set.Running, 2));
        set.Held.ShouldBe([1]);
        set.Running.ShouldBe([1]);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"current":0,"running":[1],"held":[1],"newest":1,"by":"ops"}""")]
    public void What_declares_nothing_is_refused(string json) =>
        Should.Throw<JsonException>(() => Take(ControlKey.Generations("sql-sink", "a"), System.Text.Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Of_two_who_declare_from_the_same_state_the_first_counts()
    {
        Declare("a", SinkGenerations.Only(1).Started(2).Next());
        var seen = Declared;
        Declare("b", seen.Started(3).Next() with { By = "anna" });
        Declare("c", seen.Stopped(2).Next() with { By = "berta" });
        Declared.ShouldSatisfyAllConditions(now => now.By.ShouldBe("anna"), now => now.Running.ShouldBe([1, 2, 3]), now => now.Version.ShouldBe(2));

        // Once it is looked at again, it is another matter. Said twice, it is said once.
        var later = Declared.Stopped(2).Next() with { By = "berta" };
        Declare("d", later);
        Declare("d", later);
        Declared.ShouldSatisfyAllConditions(now => now.By.ShouldBe("berta"), now => now.Running.ShouldBe([1, 3]), now => now.Version.ShouldBe(3));
    }

    [Fact]
    public void What_an_older_build_wrote_holds_and_is_gone_on_from()
    {
        Declare("a", SinkGenerations.Only(1).Started(2).Next());
        var plain = new ControlKey("sql-sink", "generations");
        Take(plain, JsonSerializer.SerializeToUtf8Bytes(SinkGenerations.Only(1).Started(5), ControlJson.Default.SinkGenerations));
        Declare("b", SinkGenerations.Only(1).Started(2).Next().Started(3).Next());
        Declared.Running.ShouldBe([1, 5]);

        Declare("c", Declared.Stopped(5).Next());
        Declared.Running.ShouldBe([1]);
        _board.Take(plain, null);
        _board.Generations.Declared.ShouldBeNull();
    }

    private SinkGenerations Declared => _board.Generations.Declared!;

    private void Declare(string id, SinkGenerations declared) =>
        Take(ControlKey.Generations("sql-sink", id), JsonSerializer.SerializeToUtf8Bytes(declared, ControlJson.Default.SinkGenerations));

    private void Take(ControlKey key, byte[] value) => _board.Take(key, value);
}
