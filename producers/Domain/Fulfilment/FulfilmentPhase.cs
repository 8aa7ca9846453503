namespace Streaming.Domain.Fulfilment;

/// <summary>What fulfilment of an order waits for.</summary>
public enum FulfilmentPhase
{
    /// <summary>Nothing: nobody has asked for it.</summary>
    Unknown,

    /// <summary>Inventory, to reserve every line.</summary>
    Reserving,

    /// <summary>Accounts, to hold the total.</summary>
    Holding,

    /// <summary>The external risk check.</summary>
    CheckingRisk,

    /// <summary>Orders, to accept the order.</summary>
    Accepting,

    /// <summary>A change of the order that has happened, and is not known here yet.</summary>
    AwaitingChange,

    /// <summary>Accounts, to capture what is held. The order is accepted.</summary>
    Capturing,

    /// <summary>Inventory, to ship every line. The order is accepted and paid.</summary>
    Shipping,

    /// <summary>Whoever undoes what was done.</summary>
    RollingBack,

    /// <summary>Orders, to reject the order.</summary>
    Rejecting,

    /// <summary>Orders, to take back the acceptance.</summary>
    Revoking,

    /// <summary>Nothing: everything is shipped and paid.</summary>
    Completed,

    /// <summary>Nothing: everything is undone.</summary>
    RolledBack,
}
