using System.Text.Json;
using Streaming.Contracts.Control;
using Streaming.Sinks.Control;

namespace Streaming.Sinks.Tests.Control;

public sealed class SinkControlTests
{
    private readonly ControlBoard _board = new("sql-sink", "streaming.control", producer: null!);
    private static readonly SinkRequest _request =
        new("0192", SinkRequestKind.Reset, "ops", DateTimeOffset.UnixEpoch, null, [new("a.events", 1, 7), new("a.events", 2, 8)]);

    private SinkControl Control => _board.Of("sql-sink");

    [Fact]
    public void A_request_is_open_on_each_of_its_partitions_until_that_is_answered()
    {
        Take(ControlKey.Request("sql-sink", _request.Id), JsonSerializer.SerializeToUtf8Bytes(_request, ControlJson.Default.SinkRequest));

        var open = Control.Open("a.events", 1).ShouldHaveSingleItem();
        (open with { Targets = _request.Targets }).ShouldBe(_request);
        open.Targets.ShouldBe(_request.Targets);
        Control.Open("a.events", 3).ShouldBeEmpty();
        Control.Open("b.events", 1).ShouldBeEmpty();

        var answer = new SinkAnswer(_request.Id, "a.events", 1, IsDone: true, "done", "host", DateTimeOffset.UnixEpoch);
        Take(ControlKey.Answer("sql-sink", answer.RequestId, answer.Topic, answer.Partition), JsonSerializer.SerializeToUtf8Bytes(answer, ControlJson.Default.SinkAnswer));
        Control.Open("a.events", 1).ShouldBeEmpty();
        Control.Open("a.events", 2).Count.ShouldBe(1);
    }

    [Fact]
    public void What_speaks_of_another_sink_is_passed_over()
    {
        Take(ControlKey.Request("lake-sink", _request.Id), JsonSerializer.SerializeToUtf8Bytes(_request, ControlJson.Default.SinkRequest));
        Take(ControlKey.Pause("lake-sink"), JsonSerializer.SerializeToUtf8Bytes(new SinkPause(true, "ops", default, null), ControlJson.Default.SinkPause));

        Control.Open("a.events", 1).ShouldBeEmpty();
        Control.Pause.ShouldBeNull();
    }

    [Fact]
    public void A_pause_lasts_until_it_is_taken_back()
    {
        Take(ControlKey.Pause("sql-sink"), JsonSerializer.SerializeToUtf8Bytes(new SinkPause(true, "ops", default, "why"), ControlJson.Default.SinkPause));
        Control.Pause!.Reason.ShouldBe("why");

        Take(ControlKey.Pause("sql-sink"), JsonSerializer.SerializeToUtf8Bytes(new SinkPause(false, "ops", default, null), ControlJson.Default.SinkPause));
        Control.Pause.ShouldBeNull();
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"id":"1","kind":"Reset","by":"ops"}""")]
    [InlineData("""{"id":"1","kind":"Reset","by":"ops","targets":[]}""")]
    [InlineData("""{"id":"1","by":"ops","targets":[{"topic":"a.events","partition":1}]}""")]
    [InlineData("""{"kind":"Explode","targets":[]}""")]
    public void What_is_no_request_is_refused(string json) =>
        Should.Throw<JsonException>(() => Take(ControlKey.Request("sql-sink", "1"), System.Text.Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("sql-sink/request/0192", "0192", false)]
    [InlineData("sql-sink/pause", null, false)]
    [InlineData("sql-sink/generations/0192", null, false)]
    [InlineData("sql-sink/answer/0192/a.events-1", null, true)]
    public void Keys_tell_what_is_set(string text, string? request, bool isAnswer)
    {
        ControlKey.TryParse(text, out var key).ShouldBeTrue();
        (key.Sink, key.RequestId, key.IsAnswer, key.ToString()).ShouldBe(("sql-sink", request, isAnswer, text));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("pause")]
    [InlineData("/pause")]
    public void A_key_without_a_sink_is_none(string? text) => ControlKey.TryParse(text, out _).ShouldBeFalse();

    private void Take(ControlKey key, byte[] value) => _board.Take(key, value);
}
