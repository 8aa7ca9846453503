using Streaming.Contracts.Commands;
using Streaming.Contracts.Envelope;

namespace Streaming.Client.Tests;

public sealed class ResultBoardTests
{
    private static readonly ResultKey Key = new("A", "c-1");

    private readonly ResultBoard _board = new(countMax: 2);

    [Fact]
    public async Task All_who_wait_for_a_result_get_it()
    {
        var (one, other) = (_board.Await(Key), _board.Await(Key));
        _board.Add(Accepted("c-1", version: 1));
        (await one).ShouldBe(await other);
    }

    [Fact]
    public async Task Who_comes_late_finds_it()
    {
        _board.Add(Accepted("c-1", version: 1));
        (await _board.Await(Key)).Version.ShouldBe(1);
        _board.Find(Key).ShouldNotBeNull();
    }

    [Fact]
    public void The_first_result_of_a_command_stays()
    {
        _board.Add(Accepted("c-1", version: 1));
        _board.Add(new CommandRefused("c-1", "A", Array.Empty<byte>(), 1, "expired", "too late"));
        _board.Find(Key).ShouldBeOfType<CommandAccepted>();
    }

    [Fact]
    public void The_oldest_are_forgotten_first()
    {
        for (var i = 1; i <= 3; i++)
            _board.Add(Accepted($"c-{i}", version: i));
        _board.Find(Key).ShouldBeNull();
        _board.Find(new("A", "c-3")).ShouldNotBeNull();
    }

    [Fact]
    public void Who_leaves_does_not_take_the_result_from_others()
    {
        var (one, other) = (_board.Await(Key), _board.Await(Key));
        _board.Leave(Key);
        _board.Add(Accepted("c-1", version: 1));
        other.IsCompletedSuccessfully.ShouldBeTrue();
        one.ShouldBe(other);
    }

    private static CommandAccepted Accepted(string commandId, long version) => new(commandId, "A", Array.Empty<byte>(), version, 1);
}
