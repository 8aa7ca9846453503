using System.Text;
using Streaming.Contracts.Fulfilment;
using Streaming.Domain.Fulfilment;

namespace Streaming.Domain.Tests.Fulfilment.Page;

/// <summary>The page about fulfilment, written down from what its rules did when every state was told everything.</summary>
internal static class FulfilmentPage
{
    private static readonly FulfilmentPhase[] _back =
        [FulfilmentPhase.RollingBack, FulfilmentPhase.Rejecting, FulfilmentPhase.Revoking, FulfilmentPhase.RolledBack];

    public static string Write(IReadOnlyList<Hearing> hearings)
    {
        var page = new StringBuilder();
        page.Append("""
            # Fulfilment: from a placed order to a shipped one, or back

            This page is written by `tests/Domain.Tests/Fulfilment/Page/FulfilmentPage.cs`, from what the rules in
            `producers/Domain/Fulfilment/FulfilmentDecider.cs` answer when every state they can get into is told everything it might hear.
            A test compares it; `FULFILMENT_PAGE=write` before that test writes it anew.

            Fulfilment is an aggregate per order, decided and folded like any other. It asks other contexts by commands, sent in the transaction
            that writes the event that asks, and hears their answers as commands. A request without an answer is in doubt: what it may have done is
            undone as well, and "there is nothing to undo" is as good as done, because the commands for one aggregate are decided in the order in
            which they were sent.

            ## The way forward

            Arrows are events. Until the order is accepted, every failure leads back; from then on, only a refusal or an operator does.


            """);
        Diagram(page, Forward(hearings));
        page.Append("""

            ## The way back

            A rollback undoes exactly what was done, or may have been done. Goods that have left the shelf stay shipped, and are named in its events.


            """);
        Diagram(page, Back(hearings));
        page.Append($"""

            Nobody is waited for without end: when the deadline passes in {Names(Stuck(hearings))}, or a request that must not be given up is
            refused there, `FulfilmentStuck` says so once, and an operator resumes (`FulfilmentResumed`: all that is not done is asked for again,
            under new names) or cancels. A refund that a rule refuses for good is refused whoever asks again: an operator who settled the money
            otherwise gives it up by name (`RefundGivenUp`), and only then.

            ## Who asks whom

            The answer comes back under the request's name. `{"{attempt}"}` counts from 1; a restart and a resume each begin a new one.

            | event | asks | to | request |
            | --- | --- | --- | --- |

            """);
        foreach (var row in Asked(hearings))
            page.Append($"| {row} |\n");
        page.Append("""

            ## What follows from what

            What is not listed changes nothing: answers to requests that are not waited for any more, timers of deadlines that are past, repeats.

            | in | hears | what happens | then in |
            | --- | --- | --- | --- |

            """);
        foreach (var row in PageRows.Of(hearings))
            page.Append($"| {Names(row.In)} | {string.Join("; ", row.Heard)} | {Codes(row.Events)} | {row.Then} |\n");
        return page.ToString();
    }

    private static void Diagram(StringBuilder page, IEnumerable<string> lines)
    {
        page.Append("```mermaid\nstateDiagram-v2\n");
        foreach (var line in lines.Distinct())
            page.Append($"    {line}\n");
        page.Append("```\n");
    }

    private static IEnumerable<string> Forward(IEnumerable<Hearing> hearings)
    {
        var steps = Moves(hearings).Where(step => !_back.Contains(step.Before.Phase) && !_back.Contains(step.After.Phase)).ToList();
        return steps
            .OrderBy(step => step.Before.Phase).ThenBy(step => step.After.Phase)
            .Select(step => Arrow(step.Before.Phase == FulfilmentPhase.Unknown ? "[*]" : step.Before.Phase.ToString(), step))
            .Concat(Ends(steps));
    }

    // All phases that turn back in the same way are one box: seven arrows to the same place would hide the others.
    private static IEnumerable<string> Back(IEnumerable<Hearing> hearings)
    {
        var steps = Moves(hearings).Where(step => _back.Contains(step.Before.Phase) || _back.Contains(step.After.Phase)).ToList();
        var groups = steps.Where(step => step.Happened is RollbackStarted)
            .GroupBy(step => step.Before.IsBeforeAcceptance ? "before_acceptance" : "after_acceptance", step => step.Before.Phase)
            .OrderBy(group => group.Min()).ToList();
        return groups
            .Select(group => $"state \"{string.Join(", ", group.Distinct().Order())}\" as {group.Key}")
            .Concat(groups.Select(group => $"{group.Key} --> {FulfilmentPhase.RollingBack} : {nameof(RollbackStarted)}"))
            .Concat(steps.Where(step => step.Happened is not RollbackStarted)
                .OrderBy(step => step.Before.Phase).ThenBy(step => step.After.Phase)
                .Select(step => Arrow(step.Before.Phase.ToString(), step)))
            .Concat(Ends(steps));
    }

    private static IEnumerable<Transition> Moves(IEnumerable<Hearing> hearings) =>
        hearings.SelectMany(hearing => hearing.Steps).Where(step => step.Before.Phase != step.After.Phase);

    private static string Arrow(string from, Transition step) =>
        $"{from} --> {step.After.Phase} : {step.Happened.GetType().Name}{(step.Happened is LineReserved ? ", the last" : "")}";

    private static IEnumerable<string> Ends(IEnumerable<Transition> steps) =>
        steps.Where(step => step.After.IsClosed).Select(step => $"{step.After.Phase} --> [*]");

    private static IEnumerable<FulfilmentPhase> Stuck(IEnumerable<Hearing> hearings) =>
        hearings.SelectMany(hearing => hearing.Steps).Where(step => step.Happened is FulfilmentStuck).Select(step => step.After.Phase).Distinct().Order();

    private static IEnumerable<string> Asked(IEnumerable<Hearing> hearings)
    {
        var steps = hearings.SelectMany(hearing => hearing.Steps).Where(step => step.Happened is not FulfilmentResumed).ToList();
        return steps
            .SelectMany(step => step.Requests, (step, request) => (Event: Event(step), Request: request, step.After.Phase))
            .Concat(steps.Where(step => step.Happened is RiskCheckRequested).Select(step => (Event: Event(step), Request: (Request?)null!, step.After.Phase)))
            .Select(asked => (asked.Phase, Kind: asked.Request is null ? "" : FulfilmentSteps.KindOf(FulfilmentSteps.StepOf(asked.Request.Name)), asked.Event, asked.Request))
            .GroupBy(asked => (asked.Phase, asked.Kind))
            .OrderBy(group => group.Key.Phase).ThenBy(group => group.Key.Kind, StringComparer.Ordinal)
            .Select(group => $"{string.Join(", ", group.Select(asked => asked.Event).Distinct())} | {Asks(group.First().Request)}");
    }

    private static string Asks(Request? request)
    {
        if (request is null)
            return "the worker that makes the external check, which answers with `RecordRiskVerdict` | | `checkId`: `{orderId}@{attempt}`";
        var step = FulfilmentSteps.StepOf(request.Name);
        var name = "{attempt}/" + FulfilmentSteps.KindOf(step) + (FulfilmentSteps.SkuOf(step).Value.Length > 0 ? "/{sku}" : "");
        return $"{request.Context} | `{request.Command.GetType().Name}` | `{name}`";
    }

    private static string Event(Transition step) => $"`{step.Happened.GetType().Name}`{(step.Happened is LineReserved ? ", the last" : "")}";

    private static string Names(IEnumerable<FulfilmentPhase> phases) => string.Join(", ", phases);

    private static string Codes(IEnumerable<string> events) => string.Join(", ", events.Select(name => $"`{name}`"));
}
