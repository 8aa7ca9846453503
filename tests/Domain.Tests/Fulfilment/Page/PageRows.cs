using Streaming.Contracts.Fulfilment;
using Streaming.Domain.Fulfilment;

namespace Streaming.Domain.Tests.Fulfilment.Page;

/// <summary>What follows from what: all that leads to the same events is one row.</summary>
internal sealed record PageRow(IReadOnlyList<FulfilmentPhase> In, IReadOnlyList<string> Heard, IReadOnlyList<string> Events, string Then);

internal static class PageRows
{
    public static IEnumerable<PageRow> Of(IEnumerable<Hearing> hearings)
    {
        var single = hearings.SelectMany(Parts).Distinct();
        var byPhase = single
            .GroupBy(part => (part.In, part.Events, Then: part.In == part.Then ? "the same" : part.Then.ToString()))
            .Select(group => (group.Key, Heard: string.Join("; ", group.Select(part => part.Heard).Distinct())));
        return byPhase
            .GroupBy(row => (row.Heard, row.Key.Events, row.Key.Then))
            .Select(group => new PageRow(
                [.. group.Select(row => row.Key.In).Order()], group.Key.Heard.Split("; "), group.Key.Events.Split(", "), group.Key.Then))
            .OrderBy(row => row.In[0]);
    }

    // What follows only because nothing is left to be undone is a row of its own: it follows from whatever is undone last.
    private static IEnumerable<(FulfilmentPhase In, string Heard, string Events, FulfilmentPhase Then)> Parts(Hearing hearing)
    {
        var first = hearing.Steps.TakeWhile(step => !IsAllUndone(step.Before)).ToList();
        if (first.Count > 0)
            yield return (first[0].Before.Phase, Heard(hearing, first), Names(first), first[^1].After.Phase);
        foreach (var step in hearing.Steps.Where(step => IsAllUndone(step.Before)))
            yield return (step.Before.Phase, $"nothing is left to be undone, then: {step.Before.Rollback!.Then}", Names([step]), step.After.Phase);
    }

    private static string Heard(Hearing hearing, List<Transition> steps) =>
        steps is [{ Happened: RequestRefused }] ? hearing.Heard + ", but it was asked for twice" : hearing.Heard;

    private static bool IsAllUndone(FulfilmentState state) => state is { Phase: FulfilmentPhase.RollingBack, Open.Count: 0 };

    private static string Names(IEnumerable<Transition> steps) => string.Join(", ", steps.Select(step => step.Happened.GetType().Name));
}
