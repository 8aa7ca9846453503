using Streaming.Fixtures;
using Streaming.LogChecker;

namespace Streaming.Chaos;

/// <summary>Sets every command group back to the beginning, as an operator does by mistake, and lets the hosts go through all commands again.</summary>
internal sealed class GroupReset(Stage stage, Action<string> say)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    public async Task ToEarliestAsync()
    {
        var groups = LogCheck.Contexts.Select(context => (Context: context, Group: new CommandGroup(stage, context))).ToList();
        await Task.WhenAll(stage.Hosts.Select(host => host.StopAsync()));
        foreach (var (_, group) in groups)
            await group.ResetToEarliestAsync();
        foreach (var host in stage.Hosts)
            host.Start();
        await stage.AllReadyAsync();
        foreach (var (context, group) in groups)
            await Eventually.Async(async () => await group.LagAsync() == 0, Deadline, $"the commands of {context} are gone through again");
        say("every command group was reset to earliest and has gone through all commands again");
    }
}
