using Streaming.Avro;
using Streaming.Contexts.Fulfilment;
using Streaming.Contracts;
using Streaming.Contracts.Fulfilment;
using Streaming.Domain;
using Streaming.Domain.Fulfilment;
using Streaming.Domain.Tests.Fulfilment.Page;

namespace Streaming.Commands.Tests.Snapshots;

/// <summary>Fulfilment that goes on from a snapshot is the same as one that was folded from its first event.</summary>
public sealed class FulfilmentStatesTests
{
    private static readonly OrderId _order = new("ORD-1");
    private static readonly Decider<FulfilmentCommand, FulfilmentEvent, FulfilmentState> _decider = FulfilmentDecider.With(FulfilmentTimeouts.Default);
    private static readonly string[] _codes =
        ["expired", "insufficient-stock", "insufficient-reservation", "nothing-held", "nothing-captured", "order-changed", "order-accepted", "order-cancelled", "unknown-order"];

    [Fact]
    public void Every_state_that_there_is_comes_back()
    {
        var states = StateExplorer.Explore().Select(hearing => hearing.After).Distinct().ToList();
        states.Count.ShouldBeGreaterThan(100);
        foreach (var state in states)
            Restored(state).ShouldBe(state);
    }

    [Fact]
    public void Whatever_happens_in_any_state_leads_to_the_same_state_from_its_snapshot()
    {
        foreach (var hearing in StateExplorer.Explore().Where(hearing => hearing is { Steps.Count: > 0, Before.Phase: not FulfilmentPhase.Unknown }))
        {
            var restored = Restored(hearing.Before);
            foreach (var step in hearing.Steps)
            {
                restored = _decider.Evolve(restored, step.Happened);
                restored.ShouldBe(step.After, hearing.Heard);
                FulfilmentProcess.Instance.Requests(step.Happened, restored).ShouldBe(step.Requests);
            }
            FulfilmentProcess.Instance.Deadline(restored).ShouldBe(FulfilmentProcess.Instance.Deadline(hearing.Steps[^1].After));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Folding_on_from_a_snapshot_taken_anywhere_equals_folding_from_the_start(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 200; i++)
        {
            var events = Story(random);
            var folded = events.Aggregate(FulfilmentState.Unknown, _decider.Evolve);
            var cut = random.Next(1, events.Count + 1);
            var before = events.Take(cut).Aggregate(FulfilmentState.Unknown, _decider.Evolve);
            // Between the events of one decision there may be states in which nobody ever rests.
            if (before.Deadline is null == (before.IsStuck || before.IsClosed))
                events.Skip(cut).Aggregate(Restored(before), _decider.Evolve).ShouldBe(folded, $"seed {seed}, story {i}, cut {cut}");
            Restored(folded).ShouldBe(folded, $"seed {seed}, story {i}");
        }
    }

    // By bytes, as a restart is given them; and equal states are equal bytes.
    private static FulfilmentState Restored(FulfilmentState state)
    {
        var bytes = AvroEncoding.EncodeToArray(FulfilmentStates.Format.Write(state));
        var restored = FulfilmentStates.Format.Read(AvroEncoding.Decode(FulfilmentStates.Format.Record, bytes));
        AvroEncoding.EncodeToArray(FulfilmentStates.Format.Write(restored)).ShouldBe(bytes);
        return restored;
    }

    private static List<FulfilmentEvent> Story(Random random)
    {
        var (events, state) = (new List<FulfilmentEvent>(), FulfilmentState.Unknown);
        var now = new DateTimeOffset(2022, 3, 15, 12, 0, 0, TimeSpan.Zero);
        FulfilmentCommand next = new StartFulfilment(_order, new("customer-1"), new("12345"), new("EUR"), Lines(random), 12.50m, 1, now);
        for (var i = random.Next(1, 60); i > 0; i--)
        {
            foreach (var happened in _decider.Decide(next, state).Events)
            {
                events.Add(happened);
                state = _decider.Evolve(state, happened);
            }
            now = now.AddMilliseconds(random.Next(5_000));
            next = Next(random, state, now);
        }
        return events;
    }

    private static FulfilmentCommand Next(Random random, FulfilmentState state, DateTimeOffset now)
    {
        var requests = state.Open.RequestsByStep.SelectMany(step => step.Value).ToList();
        return random.Next(10) switch
        {
            0 => new ChangeFulfilment(_order, Lines(random), random.Next(1, 10_000) / 100m, (state.Newer ?? state.Order).Revision + 1, now),
            1 => new CancelFulfilment(_order, random.GetItems(Enum.GetValues<CancelledBy>(), 1)[0], random.Next(2) == 0 ? null : $"Reason {random.Next()}.", now),
            2 => new ResumeFulfilment(_order, "look again", now),
            3 when state.Deadline is { } deadline => new TimerDue(_order, deadline, now),
            4 => new RecordRiskVerdict(_order, FulfilmentSteps.CheckOf(_order, state.Attempt), random.GetItems(Enum.GetValues<RiskVerdict>(), 1)[0], null, now),
            5 when requests.Count > 0 => Refused(random, requests, now),
            _ when state.Phase == FulfilmentPhase.CheckingRisk => new RecordRiskVerdict(_order, FulfilmentSteps.CheckOf(_order, state.Attempt), RiskVerdict.approved, null, now),
            _ when requests.Count > 0 => new RecordAnswer(_order, random.GetItems([.. requests], 1)[0], true, null, null, now),
            _ => new ResumeFulfilment(_order, null, now),
        };
    }

    private static RecordAnswer Refused(Random random, List<string> requests, DateTimeOffset now)
    {
        var code = random.GetItems(_codes, 1)[0];
        return new(_order, random.GetItems([.. requests], 1)[0], false, code, $"{code}, {random.Next()}.", now);
    }

    private static FulfilmentLine[] Lines(Random random) =>
        [.. Enumerable.Range(1, random.Next(1, 5)).Select(i => new FulfilmentLine(new($"XYZ-{i}"), random.Next(1, 9)))];
}
