using Streaming.Contracts;
using Streaming.Contracts.Fulfilment;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Orders;
using Streaming.Domain.Fulfilment;

namespace Streaming.Domain.Tests.Fulfilment;

/// <summary>Decides by a seed what happens next in a world: deliveries in any order, and everything that goes wrong.</summary>
internal sealed class WorldFate
{
    private const int StepsMax = 5_000;
    private readonly Random _random;
    private readonly Sku[] _skus;
    private readonly AccountId[] _accounts;
    private readonly World _world = new(FulfilmentTimeouts.Default);

    // Who will do something about an order, and in which phase of its fulfilment: none is too short to be met.
    private readonly List<(OrderId Order, FulfilmentPhase In)> _customers = [];
    private readonly List<(OrderId Order, FulfilmentPhase In)> _operators = [];
    private readonly List<(OrderId Order, FulfilmentPhase In)> _leavers = [];

    // Each world has its own character: one where all goes well says nothing about timers, and one where nothing does, nothing about success.
    private readonly double _refusals;
    private readonly double _timeouts;
    private readonly double _repeats;

    /// <param name="name">Behind every id, for worlds that share a log.</param>
    public WorldFate(int seed, string name = "")
    {
        _random = new(seed);
        _skus = [new($"XYZ-1{name}"), new($"XYZ-2{name}"), new($"XYZ-3{name}")];
        _accounts = [new($"rich{name}"), new($"poor{name}")];
        _refusals = OneOf(0, 0, 0.05, 0.2);
        _timeouts = OneOf(0, 0.02, 0.1, 0.5);
        _repeats = OneOf(0, 0.1, 0.5);
        foreach (var sku in _skus)
        {
            _world.Ask(new RegisterProduct(sku, "Widget", null, null, null));
            _world.Ask(new ReceiveStock(sku, _random.Next(1, 12), null, null, null));
        }
        foreach (var account in _accounts)
            _world.Ask(new Contracts.Accounts.OpenAccount(account, "Damon Allison", new("EUR"), account == _accounts[0] ? 1000 : 20, null, null, null));
        for (var i = 1; i <= _random.Next(1, 4); i++)
            Place(new($"ORD-{i}{name}"));
    }

    /// <summary>Runs until nothing is left to happen. What is wrong then, or was in between, or null.</summary>
    public (World World, string? Wrong) Run()
    {
        for (var step = 0; step < StepsMax; step++)
        {
            if (!Step())
                return (_world, WorldSums.WrongAtRest(_world));
            if (WorldSums.Wrong(_world) is { } wrong)
                return (_world, wrong);
        }
        return (_world, "it does not come to rest");
    }

    private bool Step()
    {
        _world.Now += TimeSpan.FromMilliseconds(1);
        if (_random.NextDouble() < _timeouts / 4 && Waiting() is { Length: > 0 } waiting)
        {
            _world.Ring(OneOf(waiting));
            return true;
        }
        List<Action> next =
        [
            .. _world.Requests.Keys.Select<(string Context, string Id), Action>(aggregate => () => _world.Answer(aggregate, Happens(_refusals) ? "expired" : null)),
            .. _world.Routed.Keys.Select<string, Action>(order => () => Route(order)),
            .. _world.Heap.Select<FulfilmentCommand, Action>(command => () => Deliver(command)),
            .. _world.Checks.Select<RiskCheckRequested, Action>(check => () => Judge(check)),
            .. _customers.Where(IsTime).Select<(OrderId, FulfilmentPhase), Action>(plan => () => ActAsCustomer(plan)),
            .. _operators.Where(IsTime).Select<(OrderId, FulfilmentPhase), Action>(plan => () => ActAsOperator(plan)),
            .. _leavers.Where(IsTime).Select<(OrderId, FulfilmentPhase), Action>(plan => () => Leave(plan)),
            .. Stuck().Where(_ => Happens(0.3)).Select<string, Action>(order => () => Free(order)),
        ];
        if (next.Count > 0)
            OneOf(next.ToArray())();
        else if (Stuck() is { Length: > 0 } stuck)
            Free(OneOf(stuck));
        else if (Waiting() is { Length: > 0 } last)
            _world.Ring(OneOf(last));
        else
            return false;
        return true;
    }

    private void Place(OrderId order)
    {
        _world.Ask(new PlaceOrder(order, new("customer-1"), OneOf(_accounts), new("EUR"), Lines(), null, null, null));
        _customers.AddRange(Enumerable.Range(0, _random.Next(3)).Select(_ => (order, OneOf(Enum.GetValues<FulfilmentPhase>()))));
        _operators.AddRange(Enumerable.Range(0, _random.Next(3) == 0 ? 2 : 0).Select(_ => (order, OneOf(Enum.GetValues<FulfilmentPhase>()))));
        // Somebody who leaves when the order is paid, and an operator who would give the money back.
        if (_random.Next(4) == 0)
        {
            _leavers.AddRange([(order, OneOf(Enum.GetValues<FulfilmentPhase>())), (order, FulfilmentPhase.Shipping)]);
            _operators.Add((order, FulfilmentPhase.Shipping));
        }
    }

    private OrderLine[] Lines() =>
        [.. _random.GetItems(_skus, _random.Next(1, 4)).Distinct().Select(sku => new OrderLine(sku, _random.Next(1, 5), OneOf(0m, 1.25m, 4m)))];

    private bool IsTime((OrderId Order, FulfilmentPhase In) plan) =>
        _world.Fulfilments.GetValueOrDefault(plan.Order.Value, FulfilmentState.Unknown).Phase == plan.In;

    private void ActAsCustomer((OrderId Order, FulfilmentPhase In) plan)
    {
        _customers.Remove(plan);
        if (Happens(0.3))
            _world.Ask(new CancelOrder(plan.Order, null, null, null));
        else
            _world.Ask(new ChangeOrderLines(plan.Order, Lines(), null, null, null));
    }

    private void ActAsOperator((OrderId Order, FulfilmentPhase In) plan)
    {
        _operators.Remove(plan);
        _world.Ask(new CancelFulfilment(plan.Order, CancelledBy.@operator, null, null));
    }

    private void Leave((OrderId Order, FulfilmentPhase In) plan)
    {
        _leavers.Remove(plan);
        _world.Leave(_world.Orders[plan.Order.Value].AccountId);
    }

    // An operator who asks again where that helps nobody learns nothing new, and may do so all the same.
    private void Free(string order)
    {
        if (Happens(0.8))
            _world.Free(new(order));
        else
            _world.Ask(new ResumeFulfilment(new(order), null, null));
    }

    private void Route(string order)
    {
        var command = _world.Routed[order].Peek();
        _world.Route(order);
        if (Happens(_repeats))
            _world.Ask(command);
    }

    private void Deliver(FulfilmentCommand command)
    {
        if (!Happens(_repeats))
            _world.Heap.Remove(command);
        _world.Ask(command);
    }

    private void Judge(RiskCheckRequested check)
    {
        _world.Checks.Remove(check);
        // Or never.
        if (!Happens(_timeouts / 2))
            _world.Heap.Add(new RecordRiskVerdict(check.OrderId, check.CheckId, Verdict(), null, null));
    }

    private RiskVerdict Verdict() => Happens(0.85) ? RiskVerdict.approved : OneOf(RiskVerdict.declined, RiskVerdict.unavailable);

    private string[] Waiting() => [.. _world.Fulfilments.Where(f => f.Value.Deadline is not null).Select(f => f.Key)];

    private string[] Stuck() => [.. _world.Fulfilments.Where(f => f.Value.IsStuck).Select(f => f.Key)];

    private bool Happens(double probability) => _random.NextDouble() < probability;

    private T OneOf<T>(params T[] choices) => choices[_random.Next(choices.Length)];
}
