using Streaming.Contracts.Commands;
using Streaming.Contracts.Envelope;

namespace Streaming.Client.Tests;

public sealed class ResultBoardTests
{
    private static readonly ResultKey Key = new("A", "c-1");

    private readonly List<CommandResult?> _results = [];
    private readonly ResultBoard _board;
    private int _read;

    public ResultBoardTests() => _board = new(countMax: 2, Read);

    [Fact]
    public async Task All_who_wait_for_a_result_get_it()
    {
        var (one, other) = (_board.Await(Key), _board.Await(Key));
        Add(Accepted("c-1", version: 1));
        (await one).ShouldBe(await other);
    }

    [Fact]
    public async Task Who_comes_late_finds_it()
    {
        Add(Accepted("c-1", version: 1));
        (await _board.Await(Key)).Version.ShouldBe(1);
        _board.Find(Key).ShouldNotBeNull();
    }

    [Fact]
    public void The_first_result_of_a_command_stays()
    {
        Add(Accepted("c-1", version: 1));
        Add(new CommandRefused("c-1", "A", Array.Empty<byte>(), 1, "expired", "too late"));
        _board.Find(Key).ShouldBeOfType<CommandAccepted>();
    }

    [Fact]
    public void The_oldest_are_forgotten_first()
    {
        for (var i = 1; i <= 3; i++)
            Add(Accepted($"c-{i}", version: i));
        _board.Find(Key).ShouldBeNull();
        _board.Find(new("A", "c-3")).ShouldNotBeNull();
    }

    [Fact]
    public void Who_leaves_does_not_take_the_result_from_others()
    {
        var (one, other) = (_board.Await(Key), _board.Await(Key));
        _board.Leave(Key);
        Add(Accepted("c-1", version: 1));
        other.IsCompletedSuccessfully.ShouldBeTrue();
        one.ShouldBe(other);
    }

    [Fact]
    public void What_nobody_asks_for_is_not_read()
    {
        Add(Accepted("c-1", version: 1));
        _ = _board.Await(new("A", "c-2"));
        _read.ShouldBe(0);
        _board.Find(Key).ShouldNotBeNull();
        _read.ShouldBe(1);
    }

    [Fact]
    public async Task Two_commands_whose_keys_read_alike_keep_their_own_results()
    {
        var (one, other) = (new ResultKey("A/B", "c"), new ResultKey("A", "B/c"));
        var waiting = _board.Await(other);
        Add(new CommandAccepted("c", "A/B", Array.Empty<byte>(), Version: 1, EventCount: 1));
        waiting.IsCompleted.ShouldBeFalse();
        Add(new CommandAccepted("B/c", "A", Array.Empty<byte>(), Version: 2, EventCount: 1));
        (await waiting).Version.ShouldBe(2);
        _board.Find(one)!.Version.ShouldBe(1);
        _board.Find(other)!.Version.ShouldBe(2);
    }

    [Fact]
    public void What_cannot_be_read_is_nobodys_result()
    {
        var waiting = _board.Await(Key);
        _results.Add(null);
        _board.Add(Key.ToString(), [(byte)(_results.Count - 1)]);
        waiting.IsCompleted.ShouldBeFalse();
    }

    // A value is a number here: which of the results it stands for.
    private void Add(CommandResult result)
    {
        _results.Add(result);
        _board.Add($"{result.AggregateId}/{result.CommandId}", [(byte)(_results.Count - 1)]);
    }

    private CommandResult? Read(byte[] value)
    {
        _read++;
        return _results[value[0]];
    }

    private static CommandAccepted Accepted(string commandId, long version) => new(commandId, "A", Array.Empty<byte>(), version, 1);
}
