using Streaming.Avro;
using Streaming.Contracts;
using Streaming.Contracts.Accounts;
using Streaming.Contracts.Fulfilment;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Orders;
using Streaming.Domain.Accounts;
using Streaming.Domain.Fulfilment;
using Streaming.Domain.Inventory;
using Streaming.Domain.Orders;

namespace Streaming.Domain.Tests.Fulfilment;

/// <summary>All contexts with their real rules, and what is on its way between them. Nothing happens by itself: somebody says what comes next.</summary>
/// <remarks>
/// As in the pipeline, commands for one aggregate are decided in the order in which they were sent, and each once. Nothing else is ordered:
/// answers, verdicts and timers lie in a heap, from which they are taken in any order, some of them twice.
/// </remarks>
internal sealed class World(FulfilmentTimeouts timeouts)
{
    private readonly Process<FulfilmentCommand, FulfilmentEvent, FulfilmentState> _process = FulfilmentProcess.Instance;
    private readonly Decider<FulfilmentCommand, FulfilmentEvent, FulfilmentState> _fulfilment = FulfilmentDecider.With(timeouts);
    private readonly HashSet<string> _requestNames = [];

    public DateTimeOffset Now { get; set; } = new(2022, 3, 15, 0, 0, 0, TimeSpan.Zero);

    public Dictionary<string, StockLevel> Stock { get; } = [];
    public Dictionary<string, Account> Accounts { get; } = [];
    public Dictionary<string, Order> Orders { get; } = [];
    public Dictionary<string, FulfilmentState> Fulfilments { get; } = [];

    /// <summary>Everything that ever happened, in the order in which it did.</summary>
    public List<IAvroRecord> Log { get; } = [];

    /// <summary>What moved in it.</summary>
    public Ledger Moved { get; } = new();

    /// <summary>Commands that others have still to decide, first come, first served per aggregate.</summary>
    public SortedDictionary<(string Context, string Id), Queue<Letter>> Requests { get; } = [];

    /// <summary>Events of orders that fulfilment has still to hear of, in their order.</summary>
    public SortedDictionary<string, Queue<FulfilmentCommand>> Routed { get; } = new(StringComparer.Ordinal);

    /// <summary>Answers, verdicts and timers on their way to fulfilment.</summary>
    public List<FulfilmentCommand> Heap { get; } = [];

    /// <summary>Checks that nobody has made.</summary>
    public List<RiskCheckRequested> Checks { get; } = [];

    public void Ask(InventoryCommand command) => Decide(InventoryDecider.Instance, Stock, command.Sku.Value, command with { OccurredAt = Now });

    public void Ask(AccountCommand command) => Decide(AccountsDecider.Instance, Accounts, command.AccountId.Value, command with { OccurredAt = Now });

    public void Ask(OrderCommand command)
    {
        foreach (var happened in Decide(OrdersDecider.Instance, Orders, command.OrderId.Value, command with { OccurredAt = Now }).Events)
        {
            if (FulfilmentRoute.From(happened) is { } routed)
                QueueOf(Routed, command.OrderId.Value).Enqueue(routed);
        }
    }

    public void Ask(FulfilmentCommand command)
    {
        var id = command.OrderId.Value;
        var stamped = command with { OccurredAt = Now };
        var before = Fulfilments.GetValueOrDefault(id, _fulfilment.Initial);
        var decision = _fulfilment.Decide(stamped, before);
        foreach (var happened in decision.Events)
        {
            Fulfilments[id] = _fulfilment.Evolve(Fulfilments.GetValueOrDefault(id, _fulfilment.Initial), happened);
            Log.Add((IAvroRecord)happened);
            if (happened is RiskCheckRequested check)
                Checks.Add(check);
            foreach (var request in _process.Requests(happened, Fulfilments[id]))
            {
                _requestNames.Add($"{id}/{request.Name}").ShouldBeTrue($"{request.Name} is asked a second time");
                QueueOf(Requests, (request.Context, request.AggregateId)).Enqueue(new(id, request));
            }
        }
    }

    /// <summary>The next request to an aggregate is decided, or refused without being looked at, and its answer sent.</summary>
    public void Answer((string Context, string Id) aggregate, string? refusedWith = null)
    {
        var (process, request) = Requests[aggregate].Dequeue();
        if (Requests[aggregate].Count == 0)
            Requests.Remove(aggregate);
        var refusal = refusedWith is null ? Decide(request) : new Refusal(refusedWith, "Nobody looked at it.");
        Heap.Add(_process.Answered(new(process, request.Name, refusal is null, refusal?.Code, refusal?.Reason)));
    }

    /// <summary>The next event of an order reaches fulfilment.</summary>
    public void Route(string order)
    {
        var command = Routed[order].Dequeue();
        if (Routed[order].Count == 0)
            Routed.Remove(order);
        Ask(command);
    }

    /// <summary>The timer of a fulfilment that waits goes off.</summary>
    public void Ring(string order)
    {
        var deadline = _process.Deadline(Fulfilments[order]).ShouldNotBeNull();
        Now = Now > deadline ? Now : deadline;
        Heap.Add(_process.TimerDue(order, deadline));
    }

    /// <summary>The holder takes out what is available, and closes the account where that is allowed.</summary>
    public void Leave(AccountId account)
    {
        if (Accounts[account.Value] is { IsClosed: false, Available: { Amount: > 0 } left })
            Ask(new WithdrawMoney(account, left.Amount, left.Currency, null, null, null));
        Ask(new CloseAccount(account, null, null));
    }

    /// <summary>What an operator does about a fulfilment that is stuck.</summary>
    public void Free(OrderId order)
    {
        if (Fulfilments[order.Value].RefundRefusedBy is null)
            Ask(new ResumeFulfilment(order, null, null));
        else
            Ask(new GiveUpRefund(order, "Anna Berg", "The account is closed.", null));
    }

    private Refusal? Decide(Request request) => request.Command switch
    {
        InventoryCommand c => Decide(InventoryDecider.Instance, Stock, c.Sku.Value, c with { OccurredAt = Now }).Refusal,
        AccountCommand c => Decide(AccountsDecider.Instance, Accounts, c.AccountId.Value, c with { OccurredAt = Now }).Refusal,
        OrderCommand c => Decide(OrdersDecider.Instance, Orders, c.OrderId.Value, c with { OccurredAt = Now }).Refusal,
        _ => throw new ArgumentOutOfRangeException(nameof(request), request, "Nobody answers this."),
    };

    private Decision<TEvent> Decide<TCommand, TEvent, TState>(
        Decider<TCommand, TEvent, TState> decider, Dictionary<string, TState> states, string id, TCommand command)
    {
        var state = states.GetValueOrDefault(id, decider.Initial);
        var decision = decider.Decide(command, state);
        states[id] = decision.Events.Aggregate(state, decider.Evolve);
        foreach (var happened in decision.Events.Cast<IAvroRecord>())
        {
            Log.Add(happened);
            Moved.Add(happened);
        }
        return decision;
    }

    private static Queue<T> QueueOf<TKey, T>(SortedDictionary<TKey, Queue<T>> queues, TKey key)
        where TKey : notnull
    {
        if (!queues.TryGetValue(key, out var queue))
            queues.Add(key, queue = []);
        return queue;
    }
}

/// <summary>A request on its way, with who wants the answer.</summary>
internal sealed record Letter(string Process, Request Request);
